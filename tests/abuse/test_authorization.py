"""Contributors cannot change photos of others, even if they know the IDs."""

from dataclasses import replace

import pytest
from flask import Flask

from app.config import Config
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.sample_images import jpeg
from tests.visitor import Visitor


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password="let me rule")


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Another contributor, with a photo of their own."""
    stranger = Visitor(app)
    stranger.add()
    return stranger


def csrf_fields(visitor: Visitor) -> dict[str, str]:
    """Return the hidden fields of a form; the CSRF token is valid for every URL."""
    return visitor.fields("/upload")


@pytest.mark.parametrize("action", ["edit", "hide", "delete"])
def test_only_the_owner_can_change_a_public_photo(
    visitor: Visitor, stranger: Visitor, service: PhotoService, action: str
) -> None:
    """Another contributor with a valid token and the right version gets 403."""
    photo_id = visitor.add(title="Mine")
    before = service.get_any_state(photo_id)
    response = stranger.post(
        f"/photos/{photo_id}/{action}", csrf_fields(stranger) | {"title": "Theirs", "version": "1"}
    )
    assert response.status_code == 403
    assert service.get_any_state(photo_id) == before
    assert stranger.get(f"/photos/{photo_id}/edit").status_code == 403


@pytest.mark.parametrize(
    ("first_action", "action"), [("hide", "unhide"), ("delete", "restore"), ("delete", "delete")]
)
def test_only_the_owner_can_bring_back_a_photo(
    visitor: Visitor, stranger: Visitor, service: PhotoService, first_action: str, action: str
) -> None:
    """A hidden photo stays hidden, and a deleted one stays deleted."""
    photo_id = visitor.add()
    assert (
        visitor.post(f"/photos/{photo_id}/{first_action}", csrf_fields(visitor)).status_code == 303
    )
    before = service.get_any_state(photo_id)
    assert stranger.post(f"/photos/{photo_id}/{action}", csrf_fields(stranger)).status_code in {
        403,
        404,
    }
    assert service.get_any_state(photo_id) == before


def test_an_upload_of_the_same_file_does_not_reveal_a_hidden_photo(
    visitor: Visitor, stranger: Visitor, service: PhotoService
) -> None:
    """A contributor with the same file does not get the URL of the hidden photo."""
    body = jpeg(80, 60)
    photo_id = visitor.upload(body).location.rpartition("/")[2]
    visitor.post(f"/photos/{photo_id}/hide", csrf_fields(visitor))
    assert stranger.upload_json(body).json["photos"][0]["duplicate_of"] is None
    assert photo_id not in stranger.get(stranger.upload(body).location).text


def test_a_deleted_photo_is_not_found_by_others(visitor: Visitor, stranger: Visitor) -> None:
    """For others it is like a photo that never existed. The owner can restore it."""
    photo_id = visitor.add(title="Gone for good")
    visitor.post(f"/photos/{photo_id}/delete", csrf_fields(visitor))
    never = stranger.get("/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    gone = stranger.get(f"/photos/{photo_id}")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert "Gone for good" not in gone.text
    assert "Gone for good" in visitor.get(f"/photos/{photo_id}").text


def test_bulk_actions_skip_photos_of_others(
    visitor: Visitor, stranger: Visitor, service: PhotoService
) -> None:
    """A list of IDs that includes another contributor's photo does not change that photo."""
    theirs, mine = visitor.add(), stranger.add()
    for path, fields in (
        ("/photos/select/tags?in=uploads", {"add": "forged"}),
        ("/photos/select/delete?in=uploads", {"confirm": "yes"}),
        ("/photos/select/restore?in=deleted", {}),
    ):
        stranger.post(path, csrf_fields(stranger) | fields | {"photo": [theirs, mine]})
        photo = service.get_any_state(theirs)
        assert (photo.version, photo.state, photo.tags) == (1, PhotoState.PUBLIC, ())


def test_a_contributor_cannot_open_admin_pages(stranger: Visitor) -> None:
    """Only the admin can open them."""
    for path in ("/admin", "/admin/hidden", "/admin/deleted"):
        response = stranger.get(path)
        assert response.status_code in {303, 403, 404}
        assert "Storage" not in response.text


@pytest.mark.parametrize("contributors", ["owner", "everyone"])
def test_only_the_owner_can_change_an_album(
    visitor: Visitor, stranger: Visitor, services: Services, contributors: str
) -> None:
    """Another contributor with a valid token and the right version gets 403, and no form."""
    fields = {"title": "Mine", "contributors": contributors}
    path = visitor.submit("/albums/new", **fields).location
    before = services.albums.get(path.rpartition("/")[2])
    for action in ("edit", "delete", "sort"):
        forged = csrf_fields(stranger) | {"title": "Theirs", "version": "1"}
        assert stranger.post(f"{path}/{action}", forged).status_code == 403
    assert stranger.get(f"{path}/edit").status_code == 403
    assert services.albums.get(before.album_id) == before


@pytest.mark.parametrize("album_id", ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "0", "!", "%00", "x" * 2000])
def test_invalid_album_ids_are_not_found(stranger: Visitor, album_id: str) -> None:
    """Invalid IDs give 404 or 405 and reach no other item of the tables."""
    form = csrf_fields(stranger) | {"title": "Lake"}
    for action in ("", "/edit", "/delete", "/sort", "/card", "/qr.svg", "/feed.xml"):
        path = f"/albums/{album_id}{action}"
        assert stranger.get(path, follow_redirects=True).status_code in {404, 405}, path
        assert stranger.post(path, form).status_code in {404, 405}, path


@pytest.mark.parametrize(
    "photo_id",
    [
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "0",
        "../../etc/passwd",
        "%00",
        "#tags",
        "01arz3ndektsv4rrffq69g5fav",
    ],
)
def test_invalid_photo_ids_are_not_found(stranger: Visitor, photo_id: str) -> None:
    """Invalid IDs give 404 or 405 and reach no other item of the tables."""
    form = csrf_fields(stranger)
    for action in ("", "/edit", "/hide", "/delete", "/restore", "/purge"):
        path = f"/photos/{photo_id.replace('#', '%23')}{action}"
        assert stranger.get(path).status_code in {404, 405}, path
        assert stranger.post(path, form).status_code in {404, 405}, path
