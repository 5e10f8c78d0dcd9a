"""Deleting and undoing it, by several people at once and with a storage that fails."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from app.config import Config
from app.domain import object_keys
from app.domain.errors import Moving, PhotoNotFound, StorageUnavailable
from app.domain.photo import Photo, State
from app.services import deadline
from app.services.deadline import seconds_left, within
from app.services.photo_service import PhotoLibrary
from app.services.trash import HOLD, KEEP
from tests.backends import Home
from tests.conftest import library_of
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
def library(home: Home, config: Config, clock: Clock) -> PhotoLibrary:
    return library_of(home, config, now=clock)


@pytest.fixture
def photo(library: PhotoLibrary) -> Photo:
    return library.publish(upload()).photo


def before(monkeypatch: pytest.MonkeyPatch, part: object, name: str, act: Callable[[], object]) -> None:
    """Let somebody else act just before the first call of a method."""
    real: Callable[..., object] = getattr(part, name)
    pending = [act]

    def call(*args: object, **options: object) -> object:
        if pending:
            pending.pop()()
        return real(*args, **options)

    monkeypatch.setattr(part, name, call)


def is_whole(library: PhotoLibrary, photo: Photo) -> bool:
    """Whether the photo is listed with all of its objects, or unlisted with none of them public."""
    present = [library.objects.exists(key) for key in photo.object_keys]
    listed = photo.photo_id in {card.photo_id for card in library.page(object_keys.ALL, 10).cards}
    return all(present) if listed else not any(present)


@pytest.mark.parametrize("step", ["copy", "put", "delete"])
def test_an_undo_waits_for_the_deletion(
    library: PhotoLibrary, photo: Photo, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whoever undoes a deletion while it is under way is asked to wait, and nothing is lost between the two."""
    answers: list[type[Exception]] = []

    def undo() -> None:
        with pytest.raises(Moving) as refused:
            library.restore(photo.photo_id)
        answers.append(refused.type)

    before(monkeypatch, library.objects, step, undo)
    library.withdraw(photo.photo_id)
    assert answers == [Moving]
    assert is_whole(library, photo)
    library.restore(photo.photo_id)
    assert is_whole(library, photo)


@pytest.mark.parametrize("step", ["copy", "put"])
def test_a_second_deletion_leaves_an_undo_alone(
    library: PhotoLibrary, photo: Photo, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Deleting again while somebody undoes it takes nothing from under the restored photo."""
    library.withdraw(photo.photo_id)
    before(monkeypatch, library.objects, step, lambda: library.withdraw(photo.photo_id))
    library.restore(photo.photo_id)
    assert library.get(photo.photo_id).state is State.PUBLIC
    assert is_whole(library, photo)


def test_two_deletions_at_once_are_one(library: PhotoLibrary, photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A double click on delete deletes once and answers both."""
    before(monkeypatch, library.catalog, "revise", lambda: library.withdraw(photo.photo_id))
    assert library.withdraw(photo.photo_id).state is State.TRASHED
    assert is_whole(library, photo)


@pytest.mark.parametrize(("part", "step"), [("objects", "copy"), ("objects", "put"), ("catalog", "revise")])
def test_a_failed_undo_leaves_the_photo_deleted(
    library: PhotoLibrary, photo: Photo, monkeypatch: pytest.MonkeyPatch, part: str, step: str
) -> None:
    """When the storage fails during an undo nothing of the photo is public, and it can be undone again."""
    library.withdraw(photo.photo_id)
    with monkeypatch.context() as broken:
        nth_call_fails(broken, getattr(library, part), step, 2 if step == "revise" else 1)
        with pytest.raises(StorageUnavailable):
            library.restore(photo.photo_id)
    assert is_whole(library, photo)
    assert library.restore(photo.photo_id).state is State.PUBLIC
    assert is_whole(library, photo)


def test_an_undo_whose_answer_was_lost_is_done(
    library: PhotoLibrary, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the last step of an undo took effect but its answer was lost, the photo is back and whole."""
    library.withdraw(photo.photo_id)
    nth_call_fails(monkeypatch, library.catalog, "revise", 2, after=True)
    assert library.restore(photo.photo_id).state is State.PUBLIC
    assert is_whole(library, photo)


def test_a_photo_is_listed_again_only_when_its_objects_are_there(
    library: PhotoLibrary, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undo lists the photo last."""
    library.withdraw(photo.photo_id)
    real = library.catalog.revise

    def revise(old: Photo, new: Photo) -> None:
        if new.state is State.PUBLIC:
            assert all(library.objects.exists(key) for key in photo.object_keys)
        real(old, new)

    monkeypatch.setattr(library.catalog, "revise", revise)
    library.restore(photo.photo_id)


def test_a_deletion_that_died_is_finished_by_the_next(
    library: PhotoLibrary, photo: Photo, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process killed in mid-deletion holds the photo for some minutes; then deleting again finishes it."""
    with monkeypatch.context() as broken:
        nth_call_fails(broken, library.objects, "copy", 1)
        nth_call_fails(broken, library.catalog, "revise", 2)  # it can't even let go
        with pytest.raises(StorageUnavailable):
            library.withdraw(photo.photo_id)
    with pytest.raises(Moving):
        library.restore(photo.photo_id)
    clock.time += HOLD + timedelta(seconds=1)
    library.withdraw(photo.photo_id)
    assert is_whole(library, photo)


def test_a_deletion_that_took_too_long_stops(
    library: PhotoLibrary, photo: Photo, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has held a photo for too long removes nothing: somebody else may be moving it by now."""

    def crawl() -> None:
        clock.time += HOLD

    before(monkeypatch, library.objects, "put", crawl)
    with pytest.raises(StorageUnavailable):
        library.withdraw(photo.photo_id)
    assert all(library.objects.exists(key) for key in photo.object_keys)


def test_a_deletion_that_nobody_waits_for_any_more_is_let_go(
    library: PhotoLibrary, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a storage took all the seconds there were, deleting again moves what would else stay public."""
    now, revise = [1000.0], library.catalog.revise

    def late(*_keys: str) -> None:
        now[0] += 20
        raise StorageUnavailable("No answer.")

    def in_time(before: Photo, after: Photo) -> None:
        if (seconds_left() or 0) < 1:
            raise StorageUnavailable("Too late.")
        revise(before, after)

    with monkeypatch.context() as slow:
        slow.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: now[0]))
        slow.setattr(library.objects, "copy", late)
        slow.setattr(library.catalog, "revise", in_time)
        with pytest.raises(StorageUnavailable, match="No answer"), within(20):
            library.withdraw(photo.photo_id)
    library.withdraw(photo.photo_id)
    assert is_whole(library, photo)


def test_nothing_public_outlives_a_purge(library: PhotoLibrary, photo: Photo, home: Home, clock: Clock) -> None:
    """What a broken-off undo left in the public prefix goes with the photo for good."""
    trashed = library.withdraw(photo.photo_id)
    home.objects.put(photo.object_keys[0], b"left over")
    clock.time += KEEP + timedelta(days=1)
    assert library.purge() == 1
    assert list(home.objects.list("")) == []
    with pytest.raises(PhotoNotFound):
        library.find(trashed.photo_id)


def test_what_a_photo_says_survives_the_trash(library: PhotoLibrary, photo: Photo) -> None:
    """A restored photo is what it was, but for its version."""
    library.withdraw(photo.photo_id)
    restored = library.restore(photo.photo_id)
    assert replace(restored, version=photo.version) == photo
