"""Deletions, undos and purges that end early are completed or undone.

Covers app.services.background_moves.
"""

from datetime import timedelta

import pytest

from app.domain.errors import (
    PhotoBusy,
    PhotoNotFound,
    StorageUnavailable,
)
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.usage import RETENTION
from app.services.factory import Services
from app.services.leases import LEASE
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.services.moves.changes import Clock, before, is_whole
from tests.services.sample_uploads import nth_call_fails, upload


@pytest.mark.parametrize(
    ("part", "step"), [("objects", "copy"), ("objects", "put"), ("catalog", "update")]
)
def test_a_failed_undo_leaves_the_photo_deleted(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    step: str,
) -> None:
    """If restoring fails, nothing of the photo is public, and it can be restored again."""
    service.delete(photo.photo_id)
    with monkeypatch.context() as broken:
        nth_call_fails(broken, getattr(backend, part), step, 2 if step == "update" else 1)
        with pytest.raises(StorageUnavailable):
            service.restore(photo.photo_id)
    assert is_whole(backend, photo)
    assert service.restore(photo.photo_id).state is PhotoState.PUBLIC
    assert is_whole(backend, photo)


def test_an_undo_whose_answer_was_lost_is_done(
    service: PhotoService, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the last response of a restore is lost, the photo is restored completely."""
    service.delete(photo.photo_id)
    nth_call_fails(monkeypatch, backend.catalog, "update", 2, after=True)
    assert service.restore(photo.photo_id).state is PhotoState.PUBLIC
    assert is_whole(backend, photo)


def test_a_photo_is_listed_again_only_when_its_objects_are_there(
    service: PhotoService, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undo lists the photo last."""
    service.delete(photo.photo_id)
    real = backend.catalog.update

    def revise(old: Photo, new: Photo) -> None:
        if new.state is PhotoState.PUBLIC:
            assert all(backend.objects.exists(key) for key in photo.object_keys)
        real(old, new)

    monkeypatch.setattr(backend.catalog, "update", revise)
    service.restore(photo.photo_id)


def test_a_deletion_that_died_is_finished_by_the_next(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A killed deletion holds the lease for some minutes; deleting again then finishes it."""
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, "copy", 1)
        nth_call_fails(broken, backend.catalog, "update", 2)  # it can't even let go
        with pytest.raises(StorageUnavailable):
            service.delete(photo.photo_id)
    for again in (service.restore, service.delete):  # the objects are still public
        with pytest.raises(PhotoBusy):
            again(photo.photo_id)
    clock.time += LEASE + timedelta(seconds=1)
    service.delete(photo.photo_id)
    assert is_whole(backend, photo)


@pytest.mark.parametrize(("part", "call"), [("objects", "copy"), ("objects", "delete")])
def test_interrupted_deletions_are_completed_in_the_background(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    call: str,
) -> None:
    """The task leaves a request alone that may still be moving the objects."""
    with monkeypatch.context() as broken:
        nth_call_fails(broken, getattr(backend, part), call, 1)
        nth_call_fails(broken, backend.catalog, "update", 2)
        with pytest.raises(StorageUnavailable):
            service.delete(photo.photo_id)
    assert service.finish_moves() == 0
    clock.time += LEASE + timedelta(seconds=1)
    assert service.finish_moves() == 1
    assert is_whole(backend, photo)
    assert service.finish_moves() == 0
    assert service.restore(photo.photo_id).state is PhotoState.PUBLIC


def test_interrupted_restores_are_completed_as_deletions(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A deleted photo stays deleted, and no copy stays in the public prefix."""
    service.delete(photo.photo_id)
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.catalog, "update", 2)
        nth_call_fails(broken, backend.objects, "delete", 1)
        with pytest.raises(StorageUnavailable):
            service.restore(photo.photo_id)
    assert any(backend.objects.exists(key) for key in photo.object_keys)
    clock.time += LEASE + timedelta(seconds=1)
    assert service.finish_moves() == 1
    assert is_whole(backend, photo)


@pytest.mark.parametrize("is_expired", [True, False], ids=["expired", "by hand"])
def test_interrupted_purges_are_completed(
    service: PhotoService,
    photo: Photo,
    backend: Backend,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_expired: bool,
) -> None:
    """A permanent deletion that has begun is never taken back."""
    service.delete(photo.photo_id)
    if is_expired:
        clock.time += RETENTION + timedelta(seconds=1)
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.catalog, "delete", 1)
        nth_call_fails(broken, backend.catalog, "update", 2)
        with pytest.raises(StorageUnavailable):
            service.purge_photo(photo.photo_id)
    clock.time += LEASE + timedelta(seconds=1)
    assert service.finish_moves() == 1
    with pytest.raises(PhotoNotFound):
        service.get_any_state(photo.photo_id)


def test_a_restore_that_lost_its_record_to_another_writer_is_undone(
    service: PhotoService, photo: Photo, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later version that is still in the trash is no success."""
    service.delete(photo.photo_id)

    def interfere() -> None:
        moving = backend.catalog.get(photo.photo_id)
        newer = moving.next_version(bytes=1)
        backend.catalog.update(moving, newer)
        backend.catalog.update(newer, newer.next_version(bytes=photo.bytes))

    before(monkeypatch, backend.objects, "put", interfere)
    with pytest.raises(PhotoBusy):  # the lease stays until it expires
        service.restore(photo.photo_id)
    assert is_whole(backend, photo)


def test_one_photo_that_fails_does_not_stop_the_others(
    service: PhotoService,
    services: Services,
    backend: Backend,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photos = [services.uploads.publish(upload(upload_id=str(number))).photo for number in range(2)]
    for deleted in photos:
        with monkeypatch.context() as broken:
            nth_call_fails(broken, backend.objects, "copy", 1)
            nth_call_fails(broken, backend.catalog, "update", 2)
            with pytest.raises(StorageUnavailable):
                service.delete(deleted.photo_id)
    clock.time += LEASE + timedelta(seconds=1)
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, "copy", 1)
        assert service.finish_moves() == 1
    clock.time += LEASE + timedelta(seconds=1)
    assert service.finish_moves() == 1
    assert all(is_whole(backend, each) for each in photos)
