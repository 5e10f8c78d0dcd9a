"""Uploads of one guest at the same time keep the limit together."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.albums.album_text import AlbumText
from app.domain.errors import QuotaReached
from app.domain.file_sizes import MB
from app.domain.usage import guest_counters
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
