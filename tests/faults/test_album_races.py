"""Races of albums: run a whole operation between any two steps of another one."""

from collections.abc import Callable, Iterable
from itertools import permutations
from pathlib import Path

import pytest

from app.domain.errors import (
    AlbumConflict,
    AlbumNotFound,
    EditConflict,
    PhotoBusy,
    PhotoNotFound,
)
from tests.faults import album_invariants, invariants
from tests.faults.album_operations import NAMED, AlbumOperation, Scene, make_scene
from tests.faults.restartable_site import RestartableSite
from tests.faults.test_races import Race

_REFUSALS = (AlbumConflict, AlbumNotFound, EditConflict, PhotoBusy, PhotoNotFound)
_FIRST = ("add other to empty_id", "add second to empty_id")
_PAIRS = (
    _FIRST,
    ("add other to album_id", "hide other"),
    ("add other to empty_id", "hide other"),
    ("add other to empty_id", "delete other"),
    ("add other to album_id", "delete the album"),
    ("choose a cover", "unlist"),
    ("choose a cover", "hide second"),
    ("choose a cover", "remove second"),
    ("choose a cover", "remove cover"),
    ("choose a cover", "delete the album"),
    ("unlist", "delete the album"),
    ("unlist", "remove cover"),
    ("remove cover", "add other to album_id"),
    ("hide cover", "choose a cover"),
    ("hide cover", "unlist"),
)
RACES = [race for pair in _PAIRS for race in permutations(pair)]
# A race on moto takes eight times as long as one on SQLite.
_CASES = [*(("local", *race) for race in RACES), *(("aws", *race) for race in RACES[::3])]
# These leave no album to repair.
_CLEAN = {*permutations(_FIRST), *permutations(("add other to empty_id", "hide other"))}


@pytest.mark.exhaustive("races of albums")
@pytest.mark.parametrize(("backend", "one", "other"), _CASES)
def test_operations_on_albums_race_safely(
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    one: str,
    other: str,
) -> None:
    """No album shows a hidden photo, no photo is lost, and a repair leaves one cover."""
    site = RestartableSite(tmp_path / "backend")
    races = 0
    for step in steps:
        if not _race(site, backend, step, NAMED[one], NAMED[other]):
            break
        races += 1
    record_property("races", str(races))


def _race(
    site: RestartableSite, backend: str, step: int, one: AlbumOperation, other: AlbumOperation
) -> bool:
    with site.on(backend):
        scene = make_scene(site.services, site.other_photo.photo_id)
        refused: list[Exception] = []

        def run_other() -> None:
            with site.elsewhere():
                _attempt(other, site, scene, refused)

        race = Race(step, run_other)
        with site.failing("ports", race):
            _attempt(one, site, scene, refused)
        if race.injected_at is None:
            return False
        try:
            assert len(refused) < 2, refused
            album_invariants.assert_albums_show_their_public_photos(site.backend)
            if (one.name, other.name) in _CLEAN:
                assert {found.kind for found in invariants.check(site)} <= invariants.REPAIRABLE
            album_invariants.assert_repairable(site)
            album_invariants.assert_nothing_is_lost(site, scene)
        except AssertionError as error:
            error.add_note(f"{other} at {race.injected_at} of {race.steps} of {one}: {refused}")
            raise
    return True


def _attempt(
    operation: AlbumOperation, site: RestartableSite, scene: Scene, refused: list[Exception]
) -> None:
    try:
        operation.run(site.services, scene)
    except _REFUSALS as error:
        refused.append(error)
