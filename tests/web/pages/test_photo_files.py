"""The objects of hidden photos, for those who may see them.

Covers app.web.rendering.photo_urls.
"""

from http import HTTPStatus

import pytest
from flask import Flask

from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.visitor import Visitor


@pytest.fixture
def photo(visitor: Visitor, service: PhotoService) -> Photo:
    """A photo that its owner has hidden."""
    return service.hide(visitor.add(), Role.CONTRIBUTOR)


def path_of(photo: Photo, key: str) -> str:
    return f"/photos/{photo.photo_id}/files/{key.rpartition('/')[2]}"


def test_owner_gets_every_object(visitor: Visitor, photo: Photo, backend: Backend) -> None:
    """Renditions are shown, the original is downloaded, and no cache keeps them."""
    for key, stored in zip(photo.object_keys, photo.stored_keys, strict=True):
        answer = visitor.get(path_of(photo, key))
        assert answer.status_code == HTTPStatus.OK
        assert answer.data == backend.objects.get(stored)
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Cache-Control"] == "private, no-store"
        is_original = "original" in key
        assert answer.headers["Content-Disposition"].startswith("attachment") is is_original


def test_strangers_get_none(app: Flask, photo: Photo) -> None:
    """They can't tell a hidden photo from one that never existed."""
    for key in photo.object_keys:
        assert Visitor(app).get(path_of(photo, key)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("name", ["record.json", "321.jpg", "original.png", "..", "%2e%2e%2fx"])
def test_other_names_are_not_found(visitor: Visitor, photo: Photo, name: str) -> None:
    """Not even the owner reads anything but the photo's objects."""
    answer = visitor.get(f"/photos/{photo.photo_id}/files/{name}")
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_photos_that_are_not_hidden_are_not_served(
    visitor: Visitor, service: PhotoService, photo: Photo
) -> None:
    """Public photos have public URLs, and the objects of deleted ones stay in the trash."""
    path = path_of(photo, photo.object_keys[0])
    service.unhide(photo.photo_id, Role.ADMIN)
    assert visitor.get(path).status_code == HTTPStatus.NOT_FOUND
    service.delete(photo.photo_id)
    assert visitor.get(path).status_code == HTTPStatus.NOT_FOUND


def test_lost_object_is_not_found(visitor: Visitor, photo: Photo, backend: Backend) -> None:
    """The page shows the alternative text."""
    backend.objects.delete(photo.stored_keys[:1])
    assert visitor.get(path_of(photo, photo.object_keys[0])).status_code == HTTPStatus.NOT_FOUND
    assert visitor.get(f"/photos/{photo.photo_id}").status_code == HTTPStatus.OK


def test_the_page_of_a_hidden_photo_loads_no_script_for_sharing(
    visitor: Visitor, photo: Photo
) -> None:
    """The page has no links to share, without which the script fails."""
    public = visitor.get(f"/photos/{visitor.add()}").text
    hidden = visitor.get(f"/photos/{photo.photo_id}").text
    assert 'class="share"' in public
    assert "js/share.js" in public
    assert 'class="share"' not in hidden
    assert "js/share.js" not in hidden
