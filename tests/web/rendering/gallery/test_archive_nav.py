"""The counts of the years and months are kept for a minute."""

import pytest

from app.domain.errors import StorageUnavailable
from app.domain.listings.archive_counts import ArchiveCounts
from app.services.factory import Services
from app.web.rendering.gallery.archive_nav import MAX_AGE, RecentArchiveCounts
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all


def test_the_counts_are_read_once_a_minute(services: Services, backend: Backend) -> None:
    """After a minute they have the photos that were added since."""
    now = 0.0
    recent = RecentArchiveCounts(services.archive, lambda: now)
    assert recent.latest() == ArchiveCounts()
    publish_all(backend, [make_photo()])
    assert recent.latest().undated == 0
    now += MAX_AGE
    assert recent.latest().undated == 1


def test_the_counts_survive_an_error_of_the_storage(
    services: Services, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages have those that were read before, and none at first."""

    def fail() -> ArchiveCounts:
        raise StorageUnavailable("the table is busy")

    publish_all(backend, [make_photo()])
    now = 0.0
    recent = RecentArchiveCounts(services.archive, lambda: now)
    with monkeypatch.context() as broken:
        broken.setattr(services.archive, "counts", fail)
        assert recent.latest() == ArchiveCounts()
    now += MAX_AGE
    assert recent.latest().undated == 1
    now += MAX_AGE
    monkeypatch.setattr(services.archive, "counts", fail)
    assert recent.latest().undated == 1
