"""Objects of hidden and deleted photos are cleaned where they are."""

import zlib

import pytest

from app.domain import object_keys
from app.domain.errors import (
    EditConflict,
    ObjectNotFound,
    PhotoBusy,
    PhotoNotFound,
    StorageUnavailable,
)
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.maintenance import IntegrityCheck, clean_object
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.maintenance.cleaned_objects import halve, original_of
from tests.maintenance.conftest import add


@pytest.fixture(params=["hide", "delete"])
def private(request: pytest.FixtureRequest, backend: Backend, service: PhotoService) -> Photo:
    """A hidden photo, and a deleted one."""
    photo = add(backend, tags="sea")
    getattr(service, request.param)(photo.photo_id, Role.CONTRIBUTOR)
    return service.get_any_state(photo.photo_id)


def publish_again(service: PhotoService, photo: Photo) -> None:
    """Unhide or restore the photo."""
    if photo.state is PhotoState.HIDDEN:
        service.unhide(photo.photo_id)
    else:
        service.restore(photo.photo_id)


def test_the_original_of_a_private_photo_is_clean_when_it_becomes_public(
    backend: Backend, service: PhotoService, private: Photo
) -> None:
    """The record, the sidecar and the counters have its new size."""
    dirty = backend.objects.get(private.stored_keys[-1])
    clean_object(backend, private.stored_keys[-1], halve)
    assert list(IntegrityCheck(backend, sidecars=True)) == []
    publish_again(service, private)
    assert backend.objects.get(original_of(private)) == halve(dirty)
    public = service.get_public(private.photo_id)
    body = backend.objects.get(original_of(private))
    assert (public.bytes, public.crc32) == (private.bytes // 2, zlib.crc32(body))


def test_a_private_object_is_replaced_under_a_lease(
    backend: Backend, private: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No request moves it at the same time. Afterwards, requests need not wait."""
    leases = []

    def replace(key: str, body: bytes) -> None:
        leases.append(backend.catalog.get(private.photo_id).lease_expires_at)
        backend.objects.put(key, body)

    monkeypatch.setattr(backend.objects, "replace", replace)
    clean_object(backend, private.stored_keys[0], halve)
    assert None not in leases
    assert backend.catalog.get(private.photo_id).lease_expires_at is None


def test_a_failure_leaves_a_private_photo_that_can_become_public(
    backend: Backend, service: PhotoService, private: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_key: str, _body: bytes) -> None:
        raise StorageUnavailable("lost answer")

    monkeypatch.setattr(backend.objects, "replace", fail)
    with pytest.raises(StorageUnavailable):
        clean_object(backend, private.stored_keys[0], halve)
    publish_again(service, private)
    assert service.get_public(private.photo_id)


def test_a_private_object_whose_move_is_incomplete_is_left_alone(
    backend: Backend, private: Photo
) -> None:
    backend.catalog.update(private, private.next_version(lease_expires_at=1))
    with pytest.raises(PhotoBusy):
        clean_object(backend, private.stored_keys[0], halve)


def test_an_object_that_leaves_its_prefix_is_not_stored_there_again(
    backend: Backend, service: PhotoService, private: Photo
) -> None:
    """A photo that is unhidden, or deleted permanently, has no object at the old key."""
    key = private.stored_keys[-1]

    def move_and_halve(body: bytes) -> bytes:
        if private.state is PhotoState.HIDDEN:
            publish_again(service, private)
        else:
            service.purge_photo(private.photo_id)
        return halve(body)

    with pytest.raises((ObjectNotFound, PhotoNotFound, EditConflict)):
        clean_object(backend, key, move_and_halve)
    assert not backend.objects.exists(key)


def test_the_copy_that_a_restored_photo_leaves_in_the_trash_is_cleaned(
    backend: Backend, service: PhotoService
) -> None:
    """The record keeps the size of the public original."""
    photo = add(backend)
    service.delete(photo.photo_id)
    service.restore(photo.photo_id)
    copy = object_keys.moved(original_of(photo), object_keys.TRASH_PREFIX)
    clean_object(backend, copy, halve)
    assert len(backend.objects.get(copy)) == photo.bytes // 2
    assert service.get_public(photo.photo_id).bytes == photo.bytes
