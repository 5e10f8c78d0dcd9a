"""Albums with photos, for the tests of their pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.photo import Photo
from app.services.factory import Services
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor

MakeAlbum = Callable[..., Album]
AddPhotos = Callable[..., list[Photo]]
Own = Callable[..., Album]


@pytest.fixture
def make_album(services: Services) -> MakeAlbum:
    """Return a function that creates an album of another contributor."""

    def make_album(title: str = "Lake", description: str = "", **settings: Any) -> Album:
        return services.albums.create("0" * 32, AlbumText(title, description), **settings)

    return make_album


@pytest.fixture
def add_photos(services: Services, backend: Backend) -> AddPhotos:
    """Return a function that adds photos to an album, taken one minute after the other."""

    def add_photos(album: Album, count: int, **fields: Any) -> list[Photo]:
        photos = [
            make_photo(taken_at=datetime(2026, 11, 1, 12, minute), **fields)  # noqa: DTZ001  local
            for minute in range(count)
        ]
        publish_all(backend, photos)
        return [services.albums.add(album.album_id, photo.photo_id) for photo in photos]

    return add_photos


@pytest.fixture
def own(visitor: Visitor, services: Services) -> Own:
    """Return a function that creates an album of the visitor."""

    def own(**fields: str) -> Album:
        answer = visitor.submit("/albums/new", **{"title": "Lake"} | fields)
        assert answer.status_code == 303, answer.text
        return services.albums.get(answer.location.rpartition("/")[2])

    return own


def shown(services: Services, album: Album) -> list[str]:
    """Return the ids of the photos that the album shows, in its order."""
    page = services.albums.page(album.album_id, 99)
    return [summary.photo_id for summary in page.summaries]
