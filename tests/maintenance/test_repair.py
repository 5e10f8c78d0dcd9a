"""Repair: whatever a crash left half done is finished, and no photo is lost by it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from app.domain import object_keys
from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo, State, TagCount
from app.domain.upload import Words
from app.domain.usage import SITE, Usage
from app.maintenance import Check, Repair
from app.services.photo_service import PhotoLibrary
from tests.backends import Home, make_photo
from tests.cli.test_cli import run
from tests.maintenance.conftest import add, contents, lose_record, plain_library, upload


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Process:
    """One that makes so many storage calls, and is killed at the next: before that takes effect, or `after`."""

    calls: int
    after: bool

    def store(self, store: Any) -> Any:
        """`store` as this process reaches it."""
        return SimpleNamespace(**{name: self._mortal(getattr(store, name)) for name in dir(store) if name[0] != "_"})

    def _mortal(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.calls -= 1
            answer = method(*arguments) if self.calls >= -self.after else None
            if self.calls < 0:
                raise Killed
            return answer

        return call


def dying(home: Home, calls: int, *, after: bool) -> PhotoLibrary:
    """The use cases in a process that is killed at the storage call after so many."""
    process = Process(calls, after)
    return plain_library(Home(home.name, process.store(home.objects), process.store(home.catalog)))


def repair(library: PhotoLibrary, **options: bool) -> list[str]:
    """Repair with the site stopped; gives what could not be repaired."""
    steps = Repair(Check(library, uploading=timedelta(0), records=True), **options)
    return [problem for step in steps if (problem := step.run())]


def expire(library: PhotoLibrary, photo_id: str) -> None:
    trashed = library.withdraw(photo_id)
    library.catalog.revise(trashed, trashed.revised(expires_at=1_000_000_000))


PREPARATIONS: dict[str, Callable[[PhotoLibrary, str], object]] = {
    "publish": lambda _library, _photo_id: None,
    "edit": lambda _library, _photo_id: None,
    "delete": lambda _library, _photo_id: None,
    "restore": lambda library, photo_id: library.withdraw(photo_id),
    "purge": expire,
}
CHANGES: dict[str, Callable[[PhotoLibrary, str], object]] = {
    "publish": lambda library, _photo_id: library.publish(upload("the form", tags="sea, dusk")),
    "edit": lambda library, photo_id: library.revise(photo_id, 1, Words(title="Edited", tags="dusk")),
    "delete": lambda library, photo_id: library.withdraw(photo_id),
    "restore": lambda library, photo_id: library.restore(photo_id),
    "purge": lambda library, _photo_id: library.purge(),
}


@pytest.mark.parametrize("after", [False, True], ids=["before it took effect", "after it took effect"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_process_killed_anywhere(home: Home, library: PhotoLibrary, change: str, *, after: bool) -> None:
    """At whichever call it dies: repaired, all is in its place, all that is public is shown, and a retry works."""
    for calls in range(30):
        photo = add(library, tags="sea")
        PREPARATIONS[change](library, photo.photo_id)
        died = True
        with suppress(Killed):
            CHANGES[change](dying(home, calls, after=after), photo.photo_id)
            died = False
        assert repair(library) == []
        assert list(Check(library, uploading=timedelta(0), records=True)) == []
        assert_everything_public_is_shown(home)
        with suppress(PhotoNotFound):
            assert_retried(library, change, photo)
        for left in list(home.catalog.photos()):
            expire(library, left.photo_id)
        library.purge()
        if not died:
            break
    assert not died
    assert calls > 2


def assert_everything_public_is_shown(home: Home) -> None:
    """Each public object belongs to a photo that is not trashed, and each such photo has all of its own."""
    public = {stored.key for stored in home.objects.list(object_keys.PUBLIC_PREFIX)}
    shown = [photo for photo in home.catalog.photos() if photo.state is not State.TRASHED]
    assert public == {key for photo in shown for key in photo.object_keys}


def assert_retried(library: PhotoLibrary, change: str, photo: Photo) -> None:
    """Whoever does it again gets what they wanted, once."""
    if change == "publish":
        made = library.publish(upload("the form", tags="sea, dusk")).photo
        feed = library.page(object_keys.sha256_feed(made.sha256), 5).cards
        assert [card.photo_id for card in feed] == [made.photo_id]
    elif change == "edit":
        now = library.get(photo.photo_id)
        assert library.revise(photo.photo_id, now.version, Words(title="Edited", tags="dusk")).title == "Edited"
    elif change == "delete":
        assert library.withdraw(photo.photo_id).state is State.TRASHED
    elif change == "restore":
        assert library.restore(photo.photo_id).state is State.PUBLIC
    assert list(Check(library, uploading=timedelta(0), records=True)) == []


def test_repair_says_before_it_does(app: Flask, library: PhotoLibrary, home: Home) -> None:
    """Without --apply nothing changes and what would be done is said; with it, it is done, and check agrees."""
    photo = add(library, tags="sea")
    home.catalog.revise(photo, photo.revised(state=State.TRASHED, expires_at=2_000_000_000))
    home.catalog.recount("sea", 0, 5)
    before = contents(home)
    said = run(app, "repair", "--stopped")
    assert f"half deleted: {photo.photo_id}\n  → move the rest to the trash\n" in said.output
    assert "tag count: sea: 5 shown, 0 photos\n  → set to 0\n" in said.output
    assert "2 to be looked at" in said.output
    assert said.exit_code == 1
    assert contents(home) == before
    done = run(app, "repair", "--stopped", "--apply")
    assert done.output.endswith("2 repaired, 0 left.\n")
    assert done.exit_code == 0
    assert run(app, "check", "--stopped").exit_code == 0
    assert run(app, "repair", "--stopped").output == "Everything is in its place.\n"


def test_drifted_listings_and_counts_are_set_right(home: Home, library: PhotoLibrary) -> None:
    """Listings that drifted, listings of no photo and wrong counts come out as the records say."""
    photo = add(library, tags="sea")
    sound = contents(home)
    home.catalog.relist(photo.photo_id, make_photo(photo_id=photo.photo_id, tags=("odd",)), ["all", "tag:odd"])
    gone = make_photo()
    home.catalog.adopt(gone)
    lose_record(home, gone)
    home.catalog.recount("sea", 1, 0)
    home.catalog.recount("nothing", 0, 3)
    assert home.catalog.reckon(Usage(SITE, 2, photo.bytes + gone.bytes), Usage(SITE))
    assert home.catalog.reckon(Usage("owner:nobody"), Usage("owner:nobody", 2, 5))
    assert repair(library) == []
    assert contents(home) == sound


def test_a_stale_record_is_written_anew(home: Home, library: PhotoLibrary) -> None:
    """A sidecar that missed an edit, is missing or can't be read says again what the catalog says."""
    edited, missing, torn = (add(library) for _ in range(3))
    home.catalog.revise(edited, edited.revised(title="New"))
    home.objects.delete([object_keys.record(missing.photo_id)])
    home.objects.put(object_keys.record(torn.photo_id), b"{")
    assert repair(library) == []
    assert list(Check(library, records=True)) == []


def test_an_orphan_that_is_whole_goes_to_the_trash(home: Home, library: PhotoLibrary) -> None:
    """A photo that the catalog does not know is not public any more, and can be restored for 30 days."""
    photo = add(library, tags="sea")
    home.catalog.relist(photo.photo_id, make_photo(photo_id=photo.photo_id), [])
    bodies = {key: home.objects.get(key) for key in photo.object_keys}
    trashed = photo.revised(state=State.TRASHED, expires_at=1)
    home.catalog.revise(photo, trashed)
    home.catalog.forget(trashed)
    assert repair(library) == []
    assert list(home.objects.list("photos/")) == []
    assert library.find(photo.photo_id).state is State.TRASHED
    restored = library.restore(photo.photo_id)
    assert (restored.title, restored.tags) == (photo.title, photo.tags)
    assert {key: home.objects.get(key) for key in photo.object_keys} == bodies
    assert library.tags() == (TagCount("sea", 1),)


def test_an_orphan_that_is_not_whole(home: Home, library: PhotoLibrary) -> None:
    """Without a record it is removed; with a record and its original it is kept out of sight; a torn record is left."""
    bare, part, torn = (add(library) for _ in range(3))
    for photo in (bare, part, torn):
        home.catalog.revise(photo, trashed := photo.revised(state=State.TRASHED, expires_at=1))
        home.catalog.forget(trashed)
    home.objects.delete([object_keys.record(bare.photo_id), part.object_keys[0]])
    home.objects.put(object_keys.record(torn.photo_id), b"{")
    assert repair(library) == ["left"]
    assert {stored.key for stored in home.objects.list("")} == {
        object_keys.trashed(part.object_keys[1]),
        object_keys.trashed(part.object_keys[2]),
        object_keys.trashed_record(part.photo_id),
        *torn.object_keys,
        object_keys.record(torn.photo_id),
    }


def test_a_lost_table_is_no_reason_to_remove_photos(
    app: Flask, home: Home, library: PhotoLibrary, lose_catalog: Callable[[], None]
) -> None:
    """When most of what is there has no record, repair removes nothing and says to rebuild first."""
    for _ in range(21):
        add(library)
    lose_catalog()
    before = contents(home)
    done = run(app, "repair", "--apply", "--stopped")
    assert "Run `rebuild` first" in done.output
    assert done.exit_code == 1
    assert contents(home) == before


def test_what_is_lost_is_reported_and_hidden_when_told(app: Flask, home: Home, library: PhotoLibrary) -> None:
    """A photo whose objects are missing stays as it is; with --hide-broken it stays too, but nobody is shown it."""
    photo = add(library)
    home.objects.delete([photo.object_keys[0]])
    done = run(app, "repair", "--apply")
    assert "left: it is lost" in done.output
    assert done.exit_code == 1
    assert library.get(photo.photo_id) == photo
    run(app, "repair", "--apply", "--hide-broken")
    assert library.get(photo.photo_id).state is State.HIDDEN
    assert library.page(object_keys.ALL, 5).cards == ()


def test_what_the_trash_still_has_comes_back(home: Home, library: PhotoLibrary) -> None:
    """A listed photo's object that is missing where the public sees it, and is in the trash, is copied back."""
    photo = add(library)
    for key in photo.object_keys:
        home.objects.copy(key, object_keys.trashed(key))
    home.objects.delete(photo.object_keys)
    assert repair(library) == []
    assert list(Check(library, records=True)) == []


def test_trash_without_its_record_gets_it_back(home: Home, library: PhotoLibrary) -> None:
    """A deleted photo whose record was lost can be restored again."""
    trashed = library.withdraw(add(library).photo_id)
    home.catalog.forget(trashed)
    assert repair(library) == []
    assert library.find(trashed.photo_id) == trashed


def test_a_change_between_the_look_and_the_repair(home: Home, library: PhotoLibrary) -> None:
    """A photo that moved on since it was looked at is left to the next run, never overwritten."""
    photo = add(library)
    trashed = photo.revised(state=State.TRASHED, expires_at=2_000_000_000)
    home.catalog.revise(photo, trashed)
    [step] = Repair(Check(library))
    restored = library.restore(photo.photo_id)
    assert step.run() == "changed meanwhile: look again"
    assert library.get(photo.photo_id) == restored
    assert all(home.objects.exists(key) for key in photo.object_keys)


def test_nothing_strange_is_removed(home: Home, library: PhotoLibrary) -> None:
    """What is no photo's of Shoebox is named and left."""
    home.objects.put("photos/notes.json", b"mine")
    assert repair(library) == ["left"]
    assert home.objects.exists("photos/notes.json")


def test_purge_says_before_it_does(app: Flask, library: PhotoLibrary, home: Home) -> None:
    """Only what has been in the trash for 30 days goes, and only with --apply."""
    expire(library, add(library).photo_id)
    kept = library.withdraw(add(library).photo_id)
    assert run(app, "purge").output.startswith("1 photos have been in the trash for 30 days.")
    assert run(app, "purge", "--apply").output == "1 photos removed for good.\n"
    assert [photo.photo_id for photo in home.catalog.photos()] == [kept.photo_id]


def test_a_purge_shows_every_photo_that_it_removes(library: PhotoLibrary) -> None:
    """Whoever watches a purge sees how far it is."""
    expire(library, photo_id := add(library).photo_id)
    shown: list[str] = []

    def watch(photos: Iterable[Photo]) -> Iterator[Photo]:
        for photo in photos:
            shown.append(photo.photo_id)
            yield photo

    assert library.purge(watch) == 1
    assert shown == [photo_id]
