"""Hiding, deleting and undoing it, by several people at once and with a storage that fails.

Covers app.services.background_moves, app.services.leases, app.services.record_writer.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from app.config import Config
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
from app.domain.upload import PhotoText
from app.domain.usage import RETENTION
from app.maintenance import IntegrityCheck, Repair
from app.services import deadline, leases, photo_service
from app.services.deadline import remaining_seconds, timeout
from app.services.factory import Services
from app.services.leases import LEASE
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.services.test_photo_service import nth_call_fails, upload


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(backend: Backend, config: Config, clock: Clock) -> Services:
    return services_of(backend, config, now=clock)


@pytest.fixture
def photo(services: Services) -> Photo:
    return services.uploads.publish(upload(jpeg(320, 240))).photo  # with an AVIF


@pytest.fixture(autouse=True)
def short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_POLL_SECONDS", 0)


def before(
    monkeypatch: pytest.MonkeyPatch, part: object, name: str, act: Callable[[], object]
) -> None:
    """Let another request act just before the first call of a method."""
    real: Callable[..., object] = getattr(part, name)
    pending = [act]

    def call(*args: object, **options: object) -> object:
        if pending:
            pending.pop()()
        return real(*args, **options)

    monkeypatch.setattr(part, name, call)


@contextmanager
def second_request(
    monkeypatch: pytest.MonkeyPatch, part: object, name: str, act: Callable[[], object]
) -> Iterator[None]:
    """Act in another thread, which waits for the lease before the first call of a method ends."""
    waits = threading.Event()
    second = threading.Thread(target=act)

    def sleep(seconds: float) -> None:
        waits.set()
        time.sleep(seconds)

    def start() -> None:
        second.start()
        assert waits.wait(timeout=60)

    monkeypatch.setattr(leases, "time", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(leases, "_POLL_SECONDS", 0.05)
    monkeypatch.setattr(leases, "_POLLS", 1_000)  # a busy machine is slow
    before(monkeypatch, part, name, start)
    yield
    second.join(timeout=60)


def is_whole(backend: Backend, photo: Photo) -> bool:
    """Whether the photo is listed with all of its objects, or unlisted with none of them public."""
    present = [backend.objects.exists(key) for key in photo.object_keys]
    listed = photo.photo_id in {
        summary.photo_id
        for summary in backend.catalog.page(object_keys.PUBLIC_LISTING, 10).summaries
    }
    return all(present) if listed else not any(present)


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


def test_what_a_photo_says_survives_the_trash(service: PhotoService, photo: Photo) -> None:
    """A restored photo equals the deleted one, but for its version."""
    service.delete(photo.photo_id)
    restored = service.restore(photo.photo_id)
    versions = {"version": photo.version, "edited_version": photo.edited_version}
    assert replace(restored, **versions) == photo


TAKE_OFF = ["hide", "delete"]


def take_off(service: PhotoService, verb: str, photo: Photo, by: Role = Role.ADMIN) -> Photo:
    changed: Photo = getattr(service, verb)(photo.photo_id, by)
    return changed


def bring_back(service: PhotoService, verb: str, photo: Photo) -> Photo:
    undo = service.restore if verb == "delete" else service.unhide
    return undo(photo.photo_id, Role.ADMIN)


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
