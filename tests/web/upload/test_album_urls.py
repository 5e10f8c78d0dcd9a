"""The URL of an uploaded photo works for those who may see the photo, on both backends."""

import pytest
from flask import Flask

from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import Visitor
from tests.web.pages.guests.conftest import send_json

VISIBILITIES = ["public", "unlisted"]


@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_the_url_of_a_photo_in_an_album_works_for_strangers(app: Flask, visibility: str) -> None:
    """Everyone who may open the album sees its photos."""
    host = Visitor(app)
    path = host.submit("/albums/new", title="Party", visibility=visibility).location
    album_id = path.rpartition("/")[2]
    answer = host.upload_json(jpeg(80, 60), album=album_id)
    assert answer.json
    (photo,) = answer.json["photos"]
    assert photo["url"] == f"http://localhost{photo['path']}"
    assert (f"?in=album:{album_id}" in photo["url"]) is (visibility == "unlisted")
    assert Visitor(app).get(photo["path"]).status_code == 200


@pytest.mark.parametrize("visibility", VISIBILITIES)
@pytest.mark.parametrize("access", [GuestAccess.ADD, GuestAccess.SEE])
def test_the_url_of_a_guest_is_that_of_the_album_only_for_those_who_see_it(
    app: Flask, services: Services, access: GuestAccess, visibility: str
) -> None:
    """No answer to other guests names the album. Their own photo is shown to them."""
    host, guest = Visitor(app), Visitor(app)
    path = host.submit("/albums/new", title="Party", visibility=visibility).location
    album = services.albums.get(path.rpartition("/")[2])
    album = services.guest_links.change(album, 1, guest_access=access)
    guest.submit(f"/join/{album.guest_code}")
    answer = send_json(guest, album.guest_code, jpeg(80, 60))
    assert answer.json
    (photo,) = answer.json["photos"]
    sees_album = access is GuestAccess.SEE
    assert (album.album_id in answer.text) is sees_album
    assert guest.get(photo["path"]).status_code == 200
    is_shown = sees_album or visibility == "public"
    assert Visitor(app).get(photo["path"]).status_code == (200 if is_shown else 404)


def test_a_photo_that_waits_has_no_url_for_strangers(services: Services, app: Flask) -> None:
    album = services.albums.create("0" * 32, AlbumText("Party", ""))
    album = services.guest_links.change(album, 1, guest_access=GuestAccess.SEE, guest_review=True)
    guest = Visitor(app)
    guest.submit(f"/join/{album.guest_code}")
    answer = send_json(guest, album.guest_code, jpeg(80, 60))
    assert answer.json
    (photo,) = answer.json["photos"]
    assert guest.get(photo["path"]).status_code == 200
    assert Visitor(app).get(photo["path"]).status_code == 404
