"""Races of albums: run a whole operation between any two steps of another one."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import permutations

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
from tests.faults.stages import Stage, Stages
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
    stages: Stages,
    no_pauses: None,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    one: str,
    other: str,
) -> None:
    """No album shows a hidden photo, no photo is lost, and a repair leaves one cover."""
    races = 0
    with stages.on(backend, "albums", _scene) as stage:
        for step in steps:
            stage.reset()
            if not _race(stages, stage, step, NAMED[one], NAMED[other]):
                break
            races += 1
    record_property("races", str(races))


def _scene(site: RestartableSite) -> Scene:
    return make_scene(site.services, site.other_photo.photo_id)


def _race(
    stages: Stages, stage: Stage[Scene], step: int, one: AlbumOperation, other: AlbumOperation
) -> bool:
    site, scene = stage.site, stage.arranged
    refused: list[Exception] = []

    def run_other() -> None:
        with site.elsewhere():
            _attempt(other, site, scene, refused)

    race = Race(step, run_other)
    with site.failing("ports", race):
        _attempt(one, site, scene, refused)
    if race.injected_at is None:
        return False
    is_clean = (one.name, other.name) in _CLEAN
    try:
        assert len(refused) < 2, refused
        check = partial(_assert_safe, site, scene, is_clean=is_clean)
        stages.check_once(check, stage.name, is_clean)
    except AssertionError as error:
        error.add_note(f"{other} at {race.injected_at} of {race.steps} of {one}: {refused}")
        raise
    return True


def _assert_safe(site: RestartableSite, scene: Scene, *, is_clean: bool) -> None:
    album_invariants.assert_albums_show_their_public_photos(site.backend)
    if is_clean:
        assert {found.kind for found in invariants.check(site)} <= invariants.REPAIRABLE
    album_invariants.assert_repairable(site)
    album_invariants.assert_nothing_is_lost(site, scene)


def _attempt(
    operation: AlbumOperation, site: RestartableSite, scene: Scene, refused: list[Exception]
) -> None:
    try:
        operation.run(site.services, scene)
    except _REFUSALS as error:
        refused.append(error)
