"""The objects of a photo follow its state, and none is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import object_keys
from app.domain.errors import (
    ObjectNotFound,
    PhotoNotFound,
)
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.usage import RETENTION
from app.maintenance import IntegrityCheck, Repair
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.services.moves.changes import TAKE_OFF, Clock, bring_back, is_whole, take_off


def test_nothing_public_outlives_a_purge(
    service: PhotoService, photo: Photo, backend: Backend, clock: Clock
) -> None:
    """Objects that an interrupted undo left in the public prefix are deleted with the photo."""
    trashed = service.delete(photo.photo_id)
    backend.objects.put(photo.object_keys[0], b"left over")
    clock.time += RETENTION + timedelta(days=1)
    assert service.purge() == 1
    assert list(backend.objects.list("")) == []
    with pytest.raises(PhotoNotFound):
        service.get_any_state(trashed.photo_id)


def test_the_texts_of_a_photo_survive_the_trash(service: PhotoService, photo: Photo) -> None:
    """A restored photo equals the deleted one, but for its version."""
    service.delete(photo.photo_id)
    restored = service.restore(photo.photo_id)
    versions = {"version": photo.version, "edited_version": photo.edited_version}
    assert replace(restored, **versions) == photo


@pytest.mark.parametrize("verb", TAKE_OFF)
def test_objects_leave_the_public_prefix_and_come_back(
    service: PhotoService, backend: Backend, photo: Photo, verb: str
) -> None:
    """The original and every rendition, byte for byte."""
    bodies = {key: backend.objects.get(key) for key in photo.object_keys}
    moved = take_off(service, verb, photo)
    assert list(backend.objects.list(object_keys.PUBLIC_PREFIX)) == []
    assert [backend.objects.get(key) for key in moved.stored_keys] == list(bodies.values())
    back = bring_back(service, verb, photo)
    assert back.state is PhotoState.PUBLIC
    assert {key: backend.objects.get(key) for key in photo.object_keys} == bodies
    assert list(IntegrityCheck(backend, sidecars=True)) == []


def test_the_record_of_a_hidden_photo_leads_to_its_objects(
    service: PhotoService, backend: Backend, photo: Photo
) -> None:
    """Whatever happens to it, nothing is left elsewhere but copies in the trash, which expire."""
    for change in (
        lambda: take_off(service, "hide", photo),
        lambda: take_off(service, "delete", photo),
        lambda: bring_back(service, "delete", photo),
        lambda: bring_back(service, "hide", photo),
    ):
        current = change()
        assert all(backend.objects.exists(key) for key in current.stored_keys)
        assert list(IntegrityCheck(backend, sidecars=True)) == []
    assert current.state is PhotoState.PUBLIC


@pytest.mark.parametrize("verb", TAKE_OFF)
def test_a_lost_object_does_not_keep_the_others_public(
    service: PhotoService, backend: Backend, photo: Photo, verb: str
) -> None:
    """A photo with a missing rendition can be hidden and deleted; `check` names the object."""
    backend.objects.delete(photo.object_keys[:1])
    moved = take_off(service, verb, photo)
    assert moved.lease_expires_at is None
    assert list(backend.objects.list(object_keys.PUBLIC_PREFIX)) == []
    assert [finding.detail for finding in IntegrityCheck(backend)] == [moved.stored_keys[0]]


def test_a_hidden_photo_with_a_lost_object_stays_hidden(
    service: PhotoService, backend: Backend, photo: Photo
) -> None:
    """A listed photo has all of its objects."""
    hidden = take_off(service, "hide", photo)
    backend.objects.delete(hidden.stored_keys[:1])
    with pytest.raises(ObjectNotFound):
        bring_back(service, "hide", photo)
    assert service.get(photo.photo_id).state is PhotoState.HIDDEN
    assert list(backend.objects.list(object_keys.PUBLIC_PREFIX)) == []


def put_in(backend: Backend, photo: Photo, place: PhotoState) -> None:
    """Leave the objects of the photo under the prefix of one state only."""
    for key, moved in zip(photo.stored_keys, photo.keys_in(place), strict=True):
        if key != moved:
            backend.objects.copy(key, moved)
            backend.objects.delete([key])


@pytest.mark.parametrize("place", PhotoState)
@pytest.mark.parametrize(
    ("first", "then"),
    [("", "hide"), ("", "delete"), ("hide", "delete"), ("hide", "undo"), ("delete", "undo")],
)
def test_no_move_loses_objects_under_another_prefix(
    service: PhotoService, backend: Backend, photo: Photo, first: str, then: str, place: PhotoState
) -> None:
    """0.1.0-rc.1 left the objects of hidden photos in the public prefix."""
    bodies = [backend.objects.get(key) for key in photo.object_keys]
    current = take_off(service, first, photo) if first else photo
    put_in(backend, current, place)
    undo = then == "undo"
    moved = bring_back(service, first, photo) if undo else take_off(service, then, photo)
    assert moved.state is not current.state
    assert [backend.objects.get(key) for key in moved.stored_keys] == bodies


def test_an_object_that_is_not_copied_is_not_deleted(
    service: PhotoService, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check` reports it, and `repair` moves it."""
    real = backend.objects.copy

    def copy(source: str, target: str) -> None:
        if source == photo.object_keys[0]:
            raise ObjectNotFound(source)
        real(source, target)

    with monkeypatch.context() as broken:
        broken.setattr(backend.objects, "copy", copy)
        service.delete(photo.photo_id)
    assert backend.objects.exists(photo.object_keys[0])
    assert not any(backend.objects.exists(key) for key in photo.object_keys[1:])
    for action in Repair(IntegrityCheck(backend)):
        assert action.run() == ""
    assert list(IntegrityCheck(backend)) == []
    assert service.restore(photo.photo_id).state is PhotoState.PUBLIC


@pytest.mark.parametrize("is_at_start", [True, False], ids=["at start", "repair"])
def test_objects_of_hidden_photos_leave_the_public_prefix_after_an_upgrade(
    service: PhotoService, backend: Backend, photo: Photo, *, is_at_start: bool
) -> None:
    """0.1.0-rc.1 left them there. The site moves them when it starts, and so does `repair`."""
    hidden = photo.next_version(state=PhotoState.HIDDEN, hidden_by=Role.ADMIN)
    backend.catalog.update(photo, hidden)
    if is_at_start:
        assert service.finish_moves() == 1
    else:
        for action in Repair(IntegrityCheck(backend)):
            assert action.run() == ""
    assert is_whole(backend, photo)
    assert all(backend.objects.exists(key) for key in hidden.stored_keys)
    assert list(IntegrityCheck(backend, sidecars=True)) == []
    assert service.finish_moves() == 0
