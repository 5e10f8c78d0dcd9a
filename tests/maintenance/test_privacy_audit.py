"""Objects are cleaned, and requests that move the photo at the same time win."""

import zlib
from datetime import UTC, datetime

import pytest

from app.domain import object_keys
from app.domain.errors import EditConflict, ObjectNotFound, StorageUnavailable
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.maintenance import IntegrityCheck, clean_object, privacy_audit
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.maintenance.cleaned_objects import halve, original_of
from tests.maintenance.conftest import add


def test_a_cleaned_original_has_its_size_and_checksum_in_the_record(
    backend: Backend, service: PhotoService
) -> None:
    """The usage counters and the sidecar change with it."""
    photo = add(backend)
    clean_object(backend, original_of(photo), halve)
    cleaned = service.get(photo.photo_id)
    body = backend.objects.get(original_of(photo))
    assert (cleaned.bytes, cleaned.crc32) == (photo.bytes // 2, zlib.crc32(body))
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_a_cleaned_rendition_changes_no_record(backend: Backend, service: PhotoService) -> None:
    photo = add(backend)
    key = object_keys.rendition(photo.photo_id, photo.widths[0])
    body = backend.objects.get(key)
    clean_object(backend, key, halve)
    assert backend.objects.get(key) == halve(body)
    assert service.get(photo.photo_id) == photo


def test_an_edit_at_the_same_time_is_kept(backend: Backend, service: PhotoService) -> None:
    photo = add(backend)

    def edit_and_halve(body: bytes) -> bytes:
        service.retag(photo.photo_id, ["dusk"], [])
        return halve(body)

    clean_object(backend, original_of(photo), edit_and_halve)
    current = service.get(photo.photo_id)
    assert (current.tags, current.bytes) == (("dusk",), photo.bytes // 2)


def test_a_conflict_is_tried_again(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = add(backend)
    update = backend.catalog.update
    conflicts = [1, 1]

    def conflict_twice(before: Photo, after: Photo) -> None:
        if conflicts:
            conflicts.pop()
            raise EditConflict(after.photo_id)
        update(before, after)

    monkeypatch.setattr(backend.catalog, "update", conflict_twice)
    clean_object(backend, original_of(photo), halve)
    assert backend.catalog.get(photo.photo_id).bytes == photo.bytes // 2


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_hiding_or_deleting_at_the_same_time_leaves_no_public_object(
    backend: Backend, service: PhotoService, verb: str
) -> None:
    photo = add(backend)

    def take_off_and_halve(body: bytes) -> bytes:
        getattr(service, verb)(photo.photo_id, Role.ADMIN)
        return halve(body)

    clean_object(backend, original_of(photo), take_off_and_halve)
    assert list(backend.objects.list(object_keys.PUBLIC_PREFIX)) == []
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_an_object_that_is_gone_is_not_stored_again(backend: Backend) -> None:
    photo = add(backend)
    key = original_of(photo)
    backend.objects.delete([key])
    with pytest.raises(ObjectNotFound):
        clean_object(backend, key, halve)
    assert not backend.objects.exists(key)


def test_a_permanent_deletion_at_the_same_time_leaves_no_object(
    backend: Backend, service: PhotoService
) -> None:
    photo = add(backend)

    def purge_and_halve(body: bytes) -> bytes:
        service.delete(photo.photo_id)
        service.purge_photo(photo.photo_id)
        return halve(body)

    clean_object(backend, original_of(photo), purge_and_halve)
    for prefix in (object_keys.PUBLIC_PREFIX, object_keys.RECORD_PREFIX):
        assert list(backend.objects.list(prefix)) == []


def test_a_deletion_before_a_failing_update_leaves_no_object(
    backend: Backend, service: PhotoService, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = add(backend)
    put = backend.objects.put

    def put_and_fail(key: str, body: bytes) -> None:
        service_put = key.startswith(object_keys.TRASH_PREFIX)
        put(key, body)
        if not service_put:
            monkeypatch.setattr(backend.objects, "put", put)
            service.delete(photo.photo_id)
            raise StorageUnavailable("lost answer")

    monkeypatch.setattr(backend.objects, "put", put_and_fail)
    with pytest.raises(StorageUnavailable):
        clean_object(backend, original_of(photo), halve)
    assert list(backend.objects.list(object_keys.PUBLIC_PREFIX)) == []


def test_a_restore_at_the_same_time_is_waited_for(
    backend: Backend, service: PhotoService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit deletes no object of a photo that is being restored, and stops no restore."""
    photo = add(backend)
    update = backend.catalog.update
    now = int(datetime.now(UTC).timestamp())

    def begin_restore(body: bytes) -> bytes:
        service.delete(photo.photo_id)
        trashed = backend.catalog.get(photo.photo_id)
        update(trashed, trashed.next_version(lease_expires_at=now + 60))
        return halve(body)

    def finish_restore(_seconds: float) -> None:
        moving = backend.catalog.get(photo.photo_id)
        for key in photo.object_keys:
            backend.objects.copy(object_keys.moved(key, object_keys.TRASH_PREFIX), key)
        restored = moving.next_version(
            state=PhotoState.PUBLIC, trashed_by=None, expires_at=None, lease_expires_at=None
        )
        update(moving, restored)

    monkeypatch.setattr(privacy_audit.time, "sleep", finish_restore)
    clean_object(backend, original_of(photo), begin_restore)
    assert service.get(photo.photo_id).state is PhotoState.PUBLIC
    assert all(backend.objects.exists(key) for key in photo.object_keys)


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_a_photo_that_is_not_public_is_left_alone(
    backend: Backend, service: PhotoService, verb: str
) -> None:
    photo = add(backend)
    getattr(service, verb)(photo.photo_id, Role.ADMIN)
    with pytest.raises(EditConflict):
        clean_object(backend, original_of(photo), halve)
