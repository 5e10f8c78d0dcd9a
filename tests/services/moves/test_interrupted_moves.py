"""Moves that take too long, and hiding that ends early."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.domain import object_keys
from app.domain.errors import (
    PhotoBusy,
    StorageUnavailable,
)
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services import deadline
from app.services.deadline import remaining_seconds, timeout
from app.services.leases import LEASE
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.services.moves.changes import TAKE_OFF, Clock, before, bring_back, is_whole, take_off
from tests.services.sample_uploads import nth_call_fails


def test_a_deletion_that_took_too_long_stops(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A request whose lease is about to expire deletes nothing."""

    def crawl() -> None:
        clock.time += LEASE

    before(monkeypatch, backend.objects, "put", crawl)
    with pytest.raises(StorageUnavailable):
        service.delete(photo.photo_id)
    assert all(backend.objects.exists(key) for key in photo.object_keys)


def test_timed_out_deletion_releases_its_lease(
    service: PhotoService, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a deletion ran out of time, deleting again moves the public objects."""
    now, revise = [1000.0], backend.catalog.update

    def late(*_keys: str) -> None:
        now[0] += 20
        raise StorageUnavailable("No answer.")

    def in_time(before: Photo, after: Photo) -> None:
        if (remaining_seconds() or 0) < 1:
            raise StorageUnavailable("Too late.")
        revise(before, after)

    with monkeypatch.context() as slow:
        slow.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: now[0]))
        slow.setattr(backend.objects, "copy", late)
        slow.setattr(backend.catalog, "update", in_time)
        with pytest.raises(StorageUnavailable, match="No answer"), timeout(20):
            service.delete(photo.photo_id)
    service.delete(photo.photo_id)
    assert is_whole(backend, photo)


@pytest.mark.parametrize("call", ["copy", "put", "delete"])
def test_interrupted_hiding_is_completed_in_the_background(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
) -> None:
    """No page lists the photo, but it counts as hidden only afterwards."""
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, call, 1)
        nth_call_fails(broken, backend.catalog, "update", 2)
        with pytest.raises(StorageUnavailable):
            take_off(service, "hide", photo)
    assert service.page(object_keys.PUBLIC_LISTING, 5).summaries == ()
    assert service.get(photo.photo_id).lease_expires_at is not None
    with pytest.raises(PhotoBusy):
        take_off(service, "hide", photo)
    clock.time += LEASE + timedelta(seconds=1)
    assert service.finish_moves() == 1
    assert is_whole(backend, photo)
    assert service.get(photo.photo_id).lease_expires_at is None
    assert bring_back(service, "hide", photo).state is PhotoState.PUBLIC
    assert is_whole(backend, photo)


@pytest.mark.parametrize(("part", "call"), [("objects", "delete"), ("catalog", "update")])
def test_interrupted_unhiding_leaves_the_photo_hidden(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    call: str,
) -> None:
    """Copies leave the public prefix again, at once or in the background."""
    take_off(service, "hide", photo)
    with monkeypatch.context() as broken:
        real = getattr(getattr(backend, part), call)
        calls = iter([real] if call == "update" else [])

        def fail(*arguments: object) -> object:
            known = next(calls, None)
            if known is None:
                raise StorageUnavailable("injected")
            return known(*arguments)

        broken.setattr(getattr(backend, part), call, fail)
        with pytest.raises(StorageUnavailable):
            bring_back(service, "hide", photo)
    clock.time += LEASE + timedelta(seconds=1)
    service.finish_moves()
    assert is_whole(backend, photo)
    assert all(backend.objects.exists(key) for key in photo.keys_in(PhotoState.HIDDEN))
    assert bring_back(service, "hide", photo).state is PhotoState.PUBLIC
    assert is_whole(backend, photo)


@pytest.mark.parametrize("verb", TAKE_OFF)
@pytest.mark.parametrize("n", [1, 2])
def test_a_failed_undo_of_an_interrupted_move_loses_no_object(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    n: int,
) -> None:
    """Before the undo, the objects were under the public prefix alone."""
    bodies = {key: backend.objects.get(key) for key in photo.object_keys}
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, "copy", 1)
        with pytest.raises(StorageUnavailable):
            take_off(service, verb, photo)
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, "put", n)
        with pytest.raises(StorageUnavailable):
            bring_back(service, verb, photo)
    bring_back(service, verb, photo)
    assert {key: backend.objects.get(key) for key in photo.object_keys} == bodies
