"""Photos are uploaded into an album.

Covers app.web.upload_album.
"""

import pytest
from flask import Flask

from app.domain.albums.album import Album, AlbumContributors
from app.domain.albums.album_text import AlbumText
from app.services.albums.album_service import AlbumService
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import Visitor

BODIES = [jpeg(80 + number, 60) for number in range(3)]


def make_open_album(services: Services, **settings: object) -> Album:
    return services.albums.create(
        "1" * 32, AlbumText("Party", ""), contributors=AlbumContributors.EVERYONE, **settings
    )


def shown(services: Services, album: Album) -> list[str]:
    return [photo.photo_id for photo in services.albums.page(album.album_id, 9).summaries]


def test_the_photos_of_a_form_are_in_the_album(visitor: Visitor, services: Services) -> None:
    """The page names the album, and the first photo becomes its cover."""
    album = make_open_album(services)
    path = f"/upload?album={album.album_id}"
    assert "The photos are added to the album “Party”." in visitor.get(path).text
    assert visitor.upload(*BODIES, album=album.album_id).status_code == 303
    photo_ids = shown(services, album)
    assert len(photo_ids) == 3
    page = services.albums.page(album.album_id, 9)
    assert page.cover
    assert page.cover.photo_id == page.album.cover
    assert page.album.cover in photo_ids


def test_scripts_send_the_album_with_each_file(visitor: Visitor, services: Services) -> None:
    album = make_open_album(services)
    for body in BODIES:
        assert visitor.upload_json(body, album=album.album_id).status_code == 201
    assert len(shown(services, album)) == 3


def test_a_closed_album_takes_no_photo(visitor: Visitor, services: Services) -> None:
    """Neither the page nor the form. No photo is published without the album."""
    album = services.albums.create("1" * 32, AlbumText("Closed", ""))
    assert visitor.get(f"/upload?album={album.album_id}").status_code == 403
    assert visitor.upload(BODIES[0], album=album.album_id).status_code == 403
    assert shown(services, album) == []
    assert services.photos.page("public", 9).summaries == ()


def test_photos_are_not_lost_with_their_album(visitor: Visitor, services: Services) -> None:
    """An album that was deleted while the form was open takes none of them along."""
    album = make_open_album(services)
    services.albums.delete(album)
    assert visitor.get(f"/upload?album={album.album_id}").status_code == 404
    assert visitor.upload(*BODIES, album=album.album_id).status_code == 303
    assert len(services.photos.page("public", 9).summaries) == 3


def test_the_link_of_an_album_leads_to_the_form(
    visitor: Visitor, app: Flask, services: Services
) -> None:
    """Everyone who may add photos sees it."""
    album = make_open_album(services)
    closed = services.albums.create("1" * 32, AlbumText("Closed", ""))
    link = f'href="/upload?album={album.album_id}"'
    assert link in Visitor(app).get(f"/albums/{album.album_id}").text
    assert "/upload?album=" not in visitor.get(f"/albums/{closed.album_id}").text


def test_a_form_with_an_invalid_text_keeps_its_album(visitor: Visitor, services: Services) -> None:
    """The corrected form sends the photos to the album."""
    album = make_open_album(services)
    answer = visitor.upload(BODIES[0], album=album.album_id, title="x" * 201)
    assert answer.status_code == 422
    assert "The photos are added to the album “Party”." in answer.text
    assert f'value="{album.album_id}"' in answer.text


def test_an_album_that_is_deleted_during_the_upload_takes_no_photo_along(
    visitor: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The photos are published, and name no album."""
    album = make_open_album(services)
    real = AlbumService.ensure_cover

    def ensure_cover(service: AlbumService, shown: Album, photo_id: str) -> None:
        service.delete(shown)
        real(service, shown, photo_id)

    monkeypatch.setattr(AlbumService, "ensure_cover", ensure_cover)
    answer = visitor.upload(BODIES[0], album=album.album_id)
    assert answer.status_code == 303
    assert services.photos.get(answer.location.rpartition("/")[2]).albums == ()
