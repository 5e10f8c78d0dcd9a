"""Public objects are cleaned, and a deletion at the same time wins."""

import pytest

from app.domain import object_keys
from app.domain.errors import EditConflict, ObjectNotFound
from app.domain.photo import Photo, Role
from app.maintenance import IntegrityCheck, clean_public_object
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.maintenance.conftest import add


def original_of(photo: Photo) -> str:
    return object_keys.original(photo.photo_id, photo.content_type)


def halve(body: bytes) -> bytes:
    return body[: len(body) // 2]


def test_a_cleaned_original_has_its_size_in_the_record(
    backend: Backend, service: PhotoService
) -> None:
    """The usage counters and the sidecar change with it."""
    photo = add(backend)
    clean_public_object(backend, original_of(photo), halve)
    assert service.get(photo.photo_id).bytes == photo.bytes // 2
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_a_cleaned_rendition_changes_no_record(backend: Backend, service: PhotoService) -> None:
    photo = add(backend)
    key = object_keys.rendition(photo.photo_id, photo.widths[0])
    body = backend.objects.get(key)
    clean_public_object(backend, key, halve)
    assert backend.objects.get(key) == halve(body)
    assert service.get(photo.photo_id) == photo


def test_an_edit_at_the_same_time_is_kept(backend: Backend, service: PhotoService) -> None:
    photo = add(backend)

    def edit_and_halve(body: bytes) -> bytes:
        service.hide(photo.photo_id, Role.ADMIN)
        return halve(body)

    clean_public_object(backend, original_of(photo), edit_and_halve)
    current = service.get_any_state(photo.photo_id)
    assert (current.state, current.bytes) == ("hidden", photo.bytes // 2)


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
    clean_public_object(backend, original_of(photo), halve)
    assert backend.catalog.get(photo.photo_id).bytes == photo.bytes // 2


def test_a_deletion_at_the_same_time_leaves_no_public_object(
    backend: Backend, service: PhotoService
) -> None:
    photo = add(backend)

    def delete_and_halve(body: bytes) -> bytes:
        service.delete(photo.photo_id)
        return halve(body)

    clean_public_object(backend, original_of(photo), delete_and_halve)
    assert list(backend.objects.list(object_keys.PUBLIC_PREFIX)) == []


def test_an_object_that_is_gone_is_not_stored_again(backend: Backend) -> None:
    photo = add(backend)
    key = original_of(photo)
    backend.objects.delete([key])
    with pytest.raises(ObjectNotFound):
        clean_public_object(backend, key, halve)
    assert not backend.objects.exists(key)
