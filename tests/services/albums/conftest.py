"""The albums of each backend, and photos to put into them."""

from collections.abc import Callable
from datetime import datetime

import pytest

from app.domain.photo import Photo
from app.services.albums.album_service import AlbumService
from app.services.factory import build_services
from tests.backends import Backend, make_photo
from tests.services.albums.sample_albums import no_image
from tests.storage.conftest import publish_all


@pytest.fixture
def albums(backend: Backend) -> AlbumService:
    return build_services(backend, no_image, max_file_bytes=0).albums


@pytest.fixture
def publish(backend: Backend) -> Callable[..., list[Photo]]:
    """Publish photos that were taken on the days of November 2026 that are given."""

    def of_days(*days: int) -> list[Photo]:
        taken = (datetime(2026, 11, day) for day in days)  # noqa: DTZ001  local
        photos = [make_photo(taken_at=taken_at) for taken_at in taken]
        publish_all(backend, photos)
        return photos

    return of_days
