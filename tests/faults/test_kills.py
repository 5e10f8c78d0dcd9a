"""Kill gunicorn's worker before and after every step of every operation, on both backends."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import partial
from itertools import islice

import pytest

from tests.faults import album_invariants, invariants
from tests.faults.album_operations import NAMED as ALBUMS
from tests.faults.album_operations import AlbumOperation, Scene
from tests.faults.conftest import memory_folder
from tests.faults.injection import KILLED_AFTER, KILLED_BEFORE, Fault
from tests.faults.killed.server import APP
from tests.faults.killed.site import KilledSite, moto_server
from tests.faults.operations import OPERATIONS, Operation, Send
from tests.faults.stages import Stage, Stages
from tests.server.site import RunningSite

# Those with several changes. The fault matrix has all of them.
ALBUM_OPERATIONS = (
    "add other to empty_id",
    "remove cover",
    "choose a cover",
    "unlist",
    "delete the album",
    "hide cover",
)


@pytest.fixture(scope="module", params=["local", "aws"])
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, backend: str) -> Iterator[Stages]:
    """Return the stages of a site that is killed."""
    saved = tmp_path_factory.mktemp(backend)
    with (
        memory_folder() as folder,
        moto_server(folder) if backend == "aws" else nullcontext() as moto,
    ):
        settings = {"WEB_CONCURRENCY": "1"} | (moto.settings if moto else {})
        with RunningSite(folder / "backend", APP, **settings) as site:
            yield Stages(KilledSite(folder / "backend", site.url, moto), saved)


@pytest.mark.exhaustive("kills")
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@pytest.mark.parametrize("fault", [KILLED_BEFORE, KILLED_AFTER], ids=str)
def test_site_survives_a_kill_at_every_step(
    stages: Stages,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    fault: Fault,
    operation: Operation,
) -> None:
    """A kill loses nothing and leaves nothing incomplete; the visitor can try again.

    A kill after a step leaves the same data as one before the next step, so every third suffices.
    """
    stride = 3 if fault is KILLED_AFTER else 1
    survived = 0
    with stages.on(backend, operation.name, operation.opened) as stage:
        for step in islice(steps, 0, None, stride):
            stage.reset()
            if not _survives(stages, stage, fault, step, operation):
                break
            survived += 1
    assert survived
    record_property("survived", f"{backend}: processes|{fault.name}|{survived}")


def _survives(
    stages: Stages, stage: Stage[Send], fault: Fault, step: int, operation: Operation
) -> bool:
    """Kill the worker at one step. Return False if the operation has fewer steps."""
    site, send, repair_first = stage.site, stage.arranged, step % 2 == 0
    assert isinstance(site, KilledSite)
    with site.killed(fault, step):
        answer = send()
    if answer.ok:
        return False
    recover = partial(invariants.assert_recovers, site, operation, send, repair_first=repair_first)
    try:
        assert answer.status == 0, answer
        photos = site.photos()
        assert operation.is_done(photos) or operation.is_undone(photos), photos
        stages.check_once(recover, stage.name, repair_first)
    except AssertionError as error:
        error.add_note(f"{operation}, {fault} step {step}")
        raise
    return True


@pytest.mark.exhaustive("kills of albums")
@pytest.mark.parametrize("operation", ALBUM_OPERATIONS)
def test_albums_survive_a_kill_at_every_step(
    stages: Stages,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    operation: str,
) -> None:
    """A kill loses nothing, and no album shows a hidden photo; it can be done again."""
    survived = 0
    with stages.on(backend, ALBUMS[operation], ALBUMS[operation].scene) as stage:
        for step in steps:
            stage.reset()
            if not _albums_survive(stages, stage, step, ALBUMS[operation]):
                break
            survived += 1
    record_property("survived", f"{backend}: processes|{KILLED_BEFORE.name}|{survived}")


def _albums_survive(
    stages: Stages, stage: Stage[Scene], step: int, operation: AlbumOperation
) -> bool:
    """Kill the worker at one step. Return False if the operation has fewer steps."""
    site, scene, repair_first = stage.site, stage.arranged, step % 2 == 0
    assert isinstance(site, KilledSite)
    with site.killed(KILLED_BEFORE, step):
        answer = site.change_album(operation, scene)
    if answer.ok:
        return False
    recover = partial(
        album_invariants.assert_recovers, site, operation, scene, repair_first=repair_first
    )
    try:
        assert answer.status == 0, answer
        stages.check_once(recover, stage.name, repair_first)
    except AssertionError as error:
        error.add_note(f"{operation}, killed before step {step}")
        raise
    return True
