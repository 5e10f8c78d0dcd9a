"""Rebuild: the bucket is its own backup."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import object_keys
from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo, State
from app.domain.upload import Words
from app.maintenance import Check, Effect, put_back
from app.services.photo_objects import Shelf
from app.services.photo_service import PhotoLibrary
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import Home, embedded_home
from tests.cli.test_cli import run
from tests.maintenance.conftest import add, contents, plain_library, upload

Lose = Callable[[], None]


def test_the_bucket_alone_gives_everything_back(
    app: Flask, home: Home, collection: list[Photo], lose_catalog: Lose
) -> None:
    """With both tables gone, rebuild brings every photo, listing and count back as it was; again, it finds them all."""
    before = contents(home)
    lose_catalog()
    assert run(app, "rebuild").output.startswith("6 put back")
    assert list(home.catalog.photos()) == []
    rebuilt = run(app, "rebuild", "--apply")
    assert rebuilt.output == "6 put back, 0 brought up to date, 0 completed, 0 there already, 0 expired, 0 left out.\n"
    assert rebuilt.exit_code == 0
    assert contents(home) == before
    assert "0 put back, 0 brought up to date, 0 completed, 6 there already" in run(app, "rebuild", "--apply").output
    assert "Everything is in its place." in run(app, "check", "--records", "--stopped").output


def test_a_form_sent_again_after_a_rebuild(library: PhotoLibrary, lose_catalog: Lose) -> None:
    """The photo that a form made before the tables were lost is what it gives after, and nothing is added."""
    photo = library.publish(upload("one form")).photo
    lose_catalog()
    list(put_back(library))
    assert library.publish(upload("one form")).photo == photo
    assert [outcome.effect for outcome in put_back(library)] == [Effect.THERE]


def test_a_rebuild_that_is_broken_off_goes_on(
    home: Home, library: PhotoLibrary, collection: list[Photo], lose_catalog: Lose
) -> None:
    """Stopped after any photo, a second run brings back the rest."""
    before = contents(home)
    lose_catalog()
    outcomes = put_back(library)
    for _ in range(3):
        next(outcomes)
    effects = [outcome.effect for outcome in put_back(library)]
    assert effects == [Effect.THERE] * 3 + [Effect.ADDED] * 3
    assert contents(home) == before


def test_a_newer_record_in_the_catalog_stays(library: PhotoLibrary, home: Home) -> None:
    """An edit whose sidecar was never written is not undone."""
    photo = add(library)
    edited = photo.revised(title="Newer")
    home.catalog.revise(photo, edited)
    assert [outcome.effect for outcome in put_back(library)] == [Effect.THERE]
    assert library.get(photo.photo_id) == edited


def test_an_older_catalog_is_brought_up_to_date(library: PhotoLibrary, home: Home, lose_catalog: Lose) -> None:
    """Where an earlier backup of the tables was put back, edits and deletions made since are made again."""
    edited, deleted = add(library, tags="sea"), add(library, tags="sea")
    library.revise(edited.photo_id, 1, Words(title="New", tags="dusk"))
    library.withdraw(deleted.photo_id)
    before = contents(home)
    lose_catalog()
    for earlier in (edited, deleted):
        home.catalog.publish(earlier)
    assert {outcome.effect for outcome in put_back(library)} == {Effect.UPDATED}
    assert contents(home) == before


def test_what_is_not_whole_is_left_out(app: Flask, library: PhotoLibrary, home: Home, lose_catalog: Lose) -> None:
    """A photo that lacks an object, or whose record can't be read, is named and not listed."""
    broken, unreadable, whole = (add(library) for _ in range(3))
    lose_catalog()
    home.objects.delete([broken.object_keys[0]])
    home.objects.put(object_keys.record(unreadable.photo_id), b"{")
    rebuilt = run(app, "rebuild", "--apply")
    assert rebuilt.exit_code == 1
    assert f"{broken.photo_id} left out: missing {broken.object_keys[0]}" in rebuilt.output
    assert f"{unreadable.photo_id} left out: its record can't be read" in rebuilt.output
    assert list(home.catalog.photos()) == [whole]


def test_what_was_deleted_for_good_stays_gone(library: PhotoLibrary, home: Home, lose_catalog: Lose) -> None:
    """A photo whose time in the trash is over does not come back, although AWS has not removed it yet."""
    photo = library.withdraw(add(library).photo_id)
    expired = photo.revised(expires_at=1_000_000_000)
    home.catalog.revise(photo, expired)
    Shelf(home.objects).put_record(expired)
    lose_catalog()
    assert [outcome.effect for outcome in put_back(library)] == [Effect.EXPIRED]
    with pytest.raises(PhotoNotFound):
        library.find(photo.photo_id)


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "hide", "delete", "restore"]), st.integers(0, 9), st.integers(0, 3)),
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=25, deadline=None)
def test_any_history_comes_back(steps: list[tuple[str, int, int]]) -> None:
    """Whatever was uploaded, edited, hidden, deleted and restored: the catalog rebuilt is the catalog lost."""
    with tempfile.TemporaryDirectory() as folder:
        home = embedded_home(Path(folder))
        library, ids = plain_library(home), list[str]()
        for step, which, tags in steps:
            with suppress(PhotoNotFound, ZeroDivisionError):
                _do(library, home, ids, step, which, "sea, dusk, land, night"[: tags * 6])
        before = contents(home)
        assert isinstance(home.catalog, SqliteCatalog)
        home.catalog.close()
        for path in Path(folder).glob("catalog.sqlite3*"):
            path.unlink()
        list(put_back(library))
        assert contents(home) == before
        assert list(Check(library, records=True)) == []
        home.catalog.close()


def _do(library: PhotoLibrary, home: Home, ids: list[str], step: str, which: int, tags: str) -> None:
    if step == "add":
        ids.append(add(library, tags=tags).photo_id)
        return
    photo_id = ids[which % len(ids)]
    if step == "edit":
        library.revise(photo_id, library.get(photo_id).version, Words(title=f"Title {which}", tags=tags))
    elif step == "hide":
        photo = library.get(photo_id)
        home.catalog.revise(photo, hidden := photo.revised(state=State.HIDDEN))
        library.revise(photo_id, hidden.version, Words(title="Hidden", tags=tags))
    else:
        (library.withdraw if step == "delete" else library.restore)(photo_id)
