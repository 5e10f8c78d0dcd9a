"""Uploads of one guest at the same time keep the limit together."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from app.domain.albums.album_text import AlbumText
from app.domain.errors import QuotaReached
from app.domain.file_sizes import MB
from app.domain.photo import Photo
from app.domain.usage import guest_counters
from app.services.albums import guest_uploads
from app.services.deadline import remaining_seconds
from app.services.factory import build_services
from tests.backends import local_backend
from tests.maintenance.conftest import OWNER, prepared, upload

LIMIT, AT_ONCE = 2, 4


def test_photos_that_are_sent_at_once_do_not_exceed_the_limit(tmp_path: Path) -> None:
    """All of them are decoded at the same time, after the first check has seen none."""
    backend = local_backend(tmp_path)  # moto loses concurrent updates
    decoded = threading.Barrier(AT_ONCE, timeout=30)

    def process(*args: Any, **options: Any) -> Any:
        image = prepared(*args, **options)
        decoded.wait()
        return image

    services = build_services(backend, process, max_file_bytes=MB, max_parallel_uploads=1)
    album = services.albums.create(OWNER, AlbumText("Party", ""))
    membership = services.albums.new_membership(album, by_guest=True)

    def send(number: int) -> bool:
        request = replace(upload(f"form {number}"), albums=(membership,), guest_limit=LIMIT)
        try:
            services.uploads.publish(request)
        except QuotaReached:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as threads:
        published = list(threads.map(send, range(AT_ONCE)))
    assert published.count(True) == LIMIT
    counted = backend.catalog.usage(guest_counters(album.album_id, OWNER), 9)
    assert sum(counter.photos for counter in counted) == LIMIT
    assert len(services.albums.page(album.album_id, 9).summaries) == LIMIT


class WatchedLock:
    """A lock that notes how much of the storage's time is left when a photo begins to wait."""

    left_at_wait: ClassVar[list[float | None]] = []

    def acquire(self, *, timeout: float) -> bool:
        assert timeout > 0
        self.left_at_wait.append(remaining_seconds())
        return True

    def release(self) -> None:
        """Do nothing: the test stores one photo at a time."""


def test_the_time_to_store_a_photo_begins_after_the_wait_for_others_of_the_guest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that has waited long is stored with a deadline, and with all of its time."""
    monkeypatch.setattr(guest_uploads, "threading", SimpleNamespace(Lock=WatchedLock))
    monkeypatch.setattr(WatchedLock, "left_at_wait", [])
    backend = local_backend(tmp_path)
    services = build_services(backend, prepared, max_file_bytes=MB)
    album = services.albums.create(OWNER, AlbumText("Party", ""))
    membership = services.albums.new_membership(album, by_guest=True)
    left_at_publication = []

    def publish(photo: Photo) -> None:
        left_at_publication.append(remaining_seconds())
        type(backend.catalog).publish(backend.catalog, photo)

    monkeypatch.setattr(backend.catalog, "publish", publish)
    services.uploads.publish(replace(upload(), albums=(membership,), guest_limit=LIMIT))
    assert WatchedLock.left_at_wait == [None]
    assert None not in left_at_publication
    assert len(left_at_publication) == 1
