"""Photos are uploaded into an album.

Covers app.web.upload_album.
"""

from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.domain.albums.album import Album, AlbumContributors, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.memberships import MAX_ALBUMS
from app.domain.errors import StorageUnavailable
from app.domain.photo_summary import Role
from app.services.albums.album_service import AlbumService
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

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


@pytest.mark.parametrize("has_field", [True, False])
def test_the_album_of_the_url_is_that_of_the_upload(
    visitor: Visitor, services: Services, has_field: bool
) -> None:
    """A script that sends to the address of the form does not publish elsewhere."""
    album = make_open_album(services, visibility=AlbumVisibility.UNLISTED)
    other = make_open_album(services)
    path = f"/upload?album={album.album_id}"
    field = {"album": other.album_id} if has_field else {}
    photo = {"photo": [(BytesIO(BODIES[0]), "IMG.jpg")]}
    answer = visitor.post(path, photo | field, JSON)
    assert answer.status_code == 201
    assert len(shown(services, other)) == has_field
    assert len(shown(services, album)) == (not has_field)
    assert answer.json["photos"][0]["state"] == ("public" if has_field else "unlisted")


@pytest.mark.parametrize("is_script", [True, False])
@pytest.mark.parametrize("state", ["public", "hidden", "in the album"])
def test_an_own_photo_that_is_here_already_is_added_to_the_album(
    visitor: Visitor, services: Services, is_script: bool, state: str
) -> None:
    """No second photo is made, and the result says that it is in the album."""
    album = make_open_album(services)
    photo_id = visitor.upload(BODIES[0]).location.rpartition("/")[2]
    if state == "hidden":
        services.photos.hide(photo_id, Role.CONTRIBUTOR)
    if state == "in the album":
        services.albums.add(album.album_id, photo_id)
    answer = send_again(visitor, album, BODIES[0], is_script=is_script)
    assert "It is in the album now." in answer.text
    assert [each.album_id for each in services.photos.get(photo_id).albums] == [album.album_id]
    assert shown(services, album) == ([] if state == "hidden" else [photo_id])
    assert services.albums.get(album.album_id).cover == ("" if state == "hidden" else photo_id)


def send_again(
    visitor: Visitor, album: Album, *bodies: bytes, is_script: bool = False
) -> TestResponse:
    """Send files with the form, which does not ask to add duplicates."""
    fields = {"album": album.album_id, "add_duplicates": ""}
    return (
        visitor.upload_json(*bodies, **fields) if is_script else visitor.upload(*bodies, **fields)
    )


@pytest.mark.parametrize("is_script", [True, False])
def test_a_photo_of_someone_else_is_not_added(
    visitor: Visitor, app: Flask, services: Services, is_script: bool
) -> None:
    """The result says so. If the visitor has a photo of the file too, that is added."""
    album = make_open_album(services)
    own = visitor.upload(BODIES[1]).location.rpartition("/")[2]
    other = Visitor(app)
    for body in BODIES[:2]:
        other.upload(body)
    answer = send_again(visitor, album, BODIES[0], is_script=is_script)
    assert "It belongs to someone else" in answer.text
    assert shown(services, album) == []
    assert "It is in the album now." in send_again(visitor, album, BODIES[1]).text
    assert shown(services, album) == [own]


def test_a_photo_in_too_many_albums_is_not_added(visitor: Visitor, services: Services) -> None:
    """The reason is on the page, also if another file of the form is published."""
    photo_id = visitor.upload(BODIES[0]).location.rpartition("/")[2]
    for _ in range(MAX_ALBUMS):
        services.albums.add(make_open_album(services).album_id, photo_id)
    album = make_open_album(services)
    answer = send_again(visitor, album, *BODIES[:2])
    assert answer.status_code == 303
    assert "A photo can be in at most 5 albums." in visitor.get(answer.location).text
    assert len(shown(services, album)) == 1


def test_a_failure_of_the_storage_is_no_fault_of_the_photo(
    visitor: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page has the text of the failure, and the log its cause."""
    visitor.upload(BODIES[0])
    album = make_open_album(services)

    def fail(*_arguments: object) -> None:
        raise StorageUnavailable("the table is gone")

    monkeypatch.setattr(AlbumService, "add", fail)
    page = send_again(visitor, album, BODIES[0]).text
    assert "It is in the album now." not in page
    assert "the table is gone" not in page
    assert "Storage isn’t answering." in page


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


def test_no_photo_is_published_without_its_album(visitor: Visitor, services: Services) -> None:
    """It could be for an unlisted album, which was deleted or whose id is mistyped."""
    deleted = make_open_album(services)
    services.albums.delete(deleted)
    for album_id in (deleted.album_id, "party"):
        assert visitor.get(f"/upload?album={album_id}").status_code == 404
        assert visitor.upload(*BODIES, album=album_id).status_code == 404
        assert visitor.upload_json(*BODIES, album=album_id).status_code == 404
        in_url = visitor.client.post(f"/upload?album={album_id}", headers=JSON)
        assert in_url.status_code == 404
    assert services.photos.page("public", 9).summaries == ()


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
    assert f'action="/upload?album={album.album_id}"' in answer.text  # for a reload by GET


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
