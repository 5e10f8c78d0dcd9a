"""Uploads and restores of one guest at the same time keep the limit together.

Covers app.services.albums.guest_turns.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import pytest

from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.errors import Busy, QuotaReached
from app.domain.file_sizes import MB
from app.domain.image.processed_image import ProcessedImage
from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.domain.usage import guest_counters
from app.services import same_files
from app.services.albums import guest_limits, guest_turns, guest_uploads
from app.services.deadline import remaining_seconds
from app.services.factory import Services, build_services
from app.services.quotas import Quota
from app.services.upload_trace import UploadStage, UploadTrace, start_trace
from tests.backends import Backend, local_backend
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


@pytest.mark.parametrize("limit", ["guest", "contributor", "site"])
def test_one_form_that_is_sent_twice_at_once_takes_the_last_place(
    backend: Backend, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both requests get the photo, although the limit is reached when the second one is checked."""
    quotas = {f"{limit}_quota": Quota(photos=1)} if limit != "guest" else {}
    services = build_services(backend, prepared, max_file_bytes=MB, **quotas)
    album = services.albums.create(OWNER, AlbumText("Party", ""))
    membership = services.albums.new_membership(album, by_guest=True)
    guest_limit = 1 if limit == "guest" else None

    def send(form: str) -> Photo:
        request = replace(upload(form), albums=(membership,), guest_limit=guest_limit)
        return services.uploads.publish(request).photo

    find, pending = same_files.find, ["last"]
    published: list[Photo] = []

    def find_none(*arguments: Any) -> Any:
        """Let the other request publish the photo just after this one has found none."""
        found = find(*arguments)
        if pending:
            published.append(send(pending.pop()))
        return found

    monkeypatch.setattr(same_files, "find", find_none)
    trace = UploadTrace()
    start_trace(trace)
    assert [send("last")] == published
    assert trace.failed is None
    with pytest.raises(QuotaReached):
        send("one more")
    assert trace.failed is UploadStage.QUOTA


def test_one_form_that_is_sent_again_while_it_is_decoded_takes_the_last_place(
    backend: Backend,
) -> None:
    """The limit is reached when it is checked for the second time."""
    pending, published = ["last"], []

    def process(file: BinaryIO, **options: object) -> ProcessedImage:
        image = prepared(file, **options)
        if pending:
            published.append(send(pending.pop()))
        return image

    services = build_services(backend, process, max_file_bytes=MB)
    album = services.albums.create(OWNER, AlbumText("Party", ""))
    membership = services.albums.new_membership(album, by_guest=True)

    def send(form: str) -> Photo:
        request = replace(upload(form), albums=(membership,), guest_limit=1)
        return services.uploads.publish(request).photo

    assert [send("last")] == published
    assert len(services.albums.page(album.album_id, 9).summaries) == 1


def test_photos_that_are_restored_at_once_do_not_exceed_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even if all of the requests would read the number of photos before one changes it."""
    backend = local_backend(tmp_path)  # moto loses concurrent updates
    services = build_services(backend, prepared, max_file_bytes=MB, max_parallel_uploads=1)
    album, trash = fill_trash(services)
    all_read = threading.Barrier(AT_ONCE, timeout=0.5)

    def usage(*span: Any) -> Any:
        found = type(backend.catalog).usage(backend.catalog, *span)
        with suppress(threading.BrokenBarrierError):  # the others wait for their turn
            all_read.wait()
        return found

    def restore(photo_id: str) -> bool:
        try:
            services.photos.restore(photo_id)
        except QuotaReached:
            return False
        return True

    monkeypatch.setattr(backend.catalog, "usage", usage)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        restored = list(threads.map(restore, trash))
    assert restored.count(True) == LIMIT
    assert len(services.albums.page(album.album_id, 9).summaries) == LIMIT


def test_a_restore_that_is_sent_twice_succeeds_twice(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request finds the photo that the first one restored, also at the limit."""
    services = build_services(backend, prepared, max_file_bytes=MB, max_parallel_uploads=1)
    _album, trash = fill_trash(services)
    for photo_id in trash[1:LIMIT]:
        services.photos.restore(photo_id)
    one_at_a_time = guest_turns.one_at_a_time

    @contextmanager
    def after_another(*arguments: Any) -> Iterator[None]:
        """Let another request restore the photo while this one waits."""
        services.photos.restore(trash[0], Role.ADMIN)
        with one_at_a_time(*arguments):
            yield

    monkeypatch.setattr(guest_turns, "one_at_a_time", after_another)
    assert services.photos.restore(trash[0]).state.has_public_objects
    with pytest.raises(QuotaReached):
        services.photos.restore(trash[LIMIT])


def fill_trash(services: Services) -> tuple[Album, list[str]]:
    """Return an album with the limit, and the ids of photos that its guest has deleted."""
    album = services.albums.create(OWNER, AlbumText("Party", ""))
    album = services.guest_links.change(
        album, album.version, guest_access=GuestAccess.SEE, guest_limit=LIMIT
    )
    membership = services.albums.new_membership(album, by_guest=True)
    deleted = []
    for number in range(AT_ONCE):
        request = replace(upload(f"form {number}"), albums=(membership,), guest_limit=LIMIT)
        deleted.append(services.uploads.publish(request).photo.photo_id)
        services.photos.delete(deleted[-1])
    return album, deleted


def test_uploads_and_restores_of_a_guest_wait_for_each_other(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But not for those of other guests, for the host, or for photos that are in no album."""
    monkeypatch.setattr(guest_uploads, "WAIT_TIMEOUT", 0.01)
    monkeypatch.setattr(guest_limits, "RESTORE_WAIT", 0.01)
    services = build_services(backend, prepared, max_file_bytes=MB, max_parallel_uploads=1)
    album, trash = fill_trash(services)
    membership = services.albums.new_membership(album, by_guest=True)
    by_link = replace(upload("another"), albums=(membership,), guest_limit=LIMIT)
    with guest_turns.one_at_a_time(OWNER, [album.album_id], wait=1):
        with pytest.raises(Busy):
            services.photos.restore(trash[0])
        with pytest.raises(Busy):
            services.uploads.publish(by_link)
        assert services.photos.restore(trash[1], Role.ADMIN).membership_in(album.album_id)
        assert services.uploads.publish(upload("elsewhere")).photo.albums == ()
    assert services.photos.restore(trash[0]).membership_in(album.album_id)


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
    monkeypatch.setattr(guest_turns, "_LOCKS", (WatchedLock(),))
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
