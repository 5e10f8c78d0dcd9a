"""Photos that were taken at different times."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.photo import Photo
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.web.pages.archive.archive_pages import photo_of


@pytest.fixture
def photos(backend: Backend) -> list[Photo]:
    """Photos with and without a date, which were uploaded in another order."""
    dates = ("2026-11-05T14:03:07", None, "1974-06-01", "2026-11-30", "2026-02-01", "2025-12-31")
    photos = [photo_of(date) for date in dates]
    publish_all(backend, photos)
    return photos


@pytest.fixture
def november(backend: Backend) -> list[str]:
    """Publish 75 photos of a month, several a day. Return their ids, latest first."""
    first = datetime(2026, 11, 1, tzinfo=UTC)
    photos = [make_photo(taken_at=first + timedelta(hours=7 * number)) for number in range(75)]
    others = [photo_of(date) for date in ("2026-10-31T23:59:59", "2026-12-01", "2025-11-05")]
    publish_all(backend, [*photos[::2], *photos[1::2], *others])
    return [photo.photo_id for photo in reversed(photos)]
