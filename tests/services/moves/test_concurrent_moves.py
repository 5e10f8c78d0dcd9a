"""Several people hide, delete and restore a photo at the same time.

Covers app.services.photo_moves, app.services.leases, app.services.record_writer.
"""

import pytest

from app.domain.errors import (
    EditConflict,
    PhotoBusy,
    PhotoNotFound,
)
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.upload import PhotoText
from app.services import photo_service
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.services.moves.changes import TAKE_OFF, before, is_whole, second_request, take_off


@pytest.mark.parametrize("step", ["copy", "put", "delete"])
def test_an_undo_waits_for_the_deletion(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    """Restoring during a deletion raises PhotoBusy, and nothing is lost."""
    answers: list[type[Exception]] = []

    def undo() -> None:
        with pytest.raises(PhotoBusy) as refused:
            service.restore(photo.photo_id)
        answers.append(refused.type)

    before(monkeypatch, backend.objects, step, undo)
    service.delete(photo.photo_id)
    assert answers == [PhotoBusy]
    assert is_whole(backend, photo)
    service.restore(photo.photo_id)
    assert is_whole(backend, photo)


@pytest.mark.parametrize("step", ["copy", "put"])
def test_a_second_deletion_leaves_an_undo_alone(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    """Deleting again during an undo takes nothing from under the restored photo."""
    service.delete(photo.photo_id)

    def delete_again() -> None:
        with pytest.raises(PhotoBusy):
            service.delete(photo.photo_id)

    before(monkeypatch, backend.objects, step, delete_again)
    service.restore(photo.photo_id)
    assert service.get(photo.photo_id).state is PhotoState.PUBLIC
    assert is_whole(backend, photo)


def test_two_deletions_at_once_are_one(
    service: PhotoService, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A double click on delete deletes once and answers both."""
    before(monkeypatch, backend.catalog, "update", lambda: service.delete(photo.photo_id))
    assert service.delete(photo.photo_id).state is PhotoState.TRASHED
    assert is_whole(backend, photo)


def test_the_second_click_waits_for_the_first(
    service: PhotoService, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers when the objects have left the public prefix."""
    if backend.clients:
        return  # moto is not thread-safe
    answers: list[Photo] = []

    def click() -> None:
        answers.append(service.delete(photo.photo_id))
        assert not any(backend.objects.exists(key) for key in photo.object_keys)

    with second_request(monkeypatch, backend.objects, "put", click):
        service.delete(photo.photo_id)
    assert [answer.state for answer in answers] == [PhotoState.TRASHED]


def test_the_second_permanent_deletion_waits_for_the_first(
    service: PhotoService, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers when the photo is gone."""
    if backend.clients:
        return  # moto is not thread-safe
    service.delete(photo.photo_id)
    found: list[list[Photo]] = []

    def click() -> None:
        service.purge_photo(photo.photo_id)
        found.append(list(backend.catalog.photos()))

    with second_request(monkeypatch, backend.objects, "delete", click):
        service.purge_photo(photo.photo_id)
    assert found == [[]]


def test_two_permanent_deletions_at_once_are_one(
    service: PhotoService, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one finds the photo gone when it takes the lease."""
    service.delete(photo.photo_id)
    before(monkeypatch, backend.catalog, "update", lambda: service.purge_photo(photo.photo_id))
    service.purge_photo(photo.photo_id)
    assert list(backend.catalog.photos()) == []


def test_a_permanent_deletion_leaves_an_undo_alone(
    service: PhotoService, backend: Backend, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that is restored just before stays public with all of its objects."""
    service.delete(photo.photo_id)
    before(monkeypatch, backend.catalog, "update", lambda: service.restore(photo.photo_id))
    with pytest.raises(EditConflict):
        service.purge_photo(photo.photo_id)
    assert service.get(photo.photo_id).state is PhotoState.PUBLIC
    assert is_whole(backend, photo)


@pytest.mark.parametrize("verb", TAKE_OFF)
def test_edits_do_not_stop_hiding_and_deleting(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
) -> None:
    """Even if an edit gets in before almost every attempt, and the last edit is kept."""
    update = backend.catalog.update
    edits = iter(range(photo_service._MAX_ATTEMPTS - 1))

    def edit_first(before: Photo, after: Photo) -> None:
        number = next(edits, None)
        if number is not None:
            current = backend.catalog.get(photo.photo_id)
            update(current, current.next_version(title=f"Edit {number}"))
        update(before, after)

    monkeypatch.setattr(backend.catalog, "update", edit_first)
    changed = take_off(service, verb, photo)
    assert changed.state is not PhotoState.PUBLIC
    assert changed.title == f"Edit {photo_service._MAX_ATTEMPTS - 2}"
    assert is_whole(backend, photo)


@pytest.mark.parametrize("verb", TAKE_OFF)
def test_endless_edits_are_a_conflict(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
) -> None:
    """The number of attempts is bounded."""

    def conflict(before: Photo, _after: Photo) -> None:
        raise EditConflict(before.photo_id)

    monkeypatch.setattr(backend.catalog, "update", conflict)
    with pytest.raises(EditConflict):
        take_off(service, verb, photo)


@pytest.mark.parametrize("verb", TAKE_OFF)
def test_an_edit_waits_for_a_move(
    service: PhotoService,
    backend: Backend,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
) -> None:
    """An edit of a photo whose objects are being moved is not saved over the move."""
    answers: list[type[Exception]] = []

    def edit() -> None:
        current = service.get_any_state(photo.photo_id)
        with pytest.raises((PhotoBusy, PhotoNotFound)) as refused:
            service.update(photo.photo_id, current.version, PhotoText(title="New"))
        with pytest.raises((PhotoBusy, PhotoNotFound)):
            service.retag(photo.photo_id, ["new"], [])
        answers.append(refused.type)

    before(monkeypatch, backend.objects, "copy", edit)
    assert take_off(service, verb, photo).lease_expires_at is None
    assert answers == [PhotoBusy if verb == "hide" else PhotoNotFound]


@pytest.mark.parametrize("verb", TAKE_OFF)
@pytest.mark.parametrize("roles", [("contributor", "admin"), ("admin", "contributor")])
def test_the_admin_s_decision_counts(
    service: PhotoService, photo: Photo, verb: str, roles: tuple[str, str]
) -> None:
    """Whether the contributor hid or deleted the photo before or after."""
    for role in roles:
        moved = take_off(service, verb, photo, Role(role))
    assert (moved.hidden_by or moved.trashed_by) is Role.ADMIN
    assert service.get_any_state(photo.photo_id) == moved
