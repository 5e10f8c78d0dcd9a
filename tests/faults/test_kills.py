"""Kill gunicorn's worker before and after every step of every operation, on both backends.

On the local backend, the site restarts with what was stored before each step, instead of a kill
before it. Every third worker is killed after a step, and leaves what was stored then.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.backends import local_backend
from tests.faults import album_invariants, invariants, stored_state
from tests.faults.album_operations import NAMED as ALBUMS
from tests.faults.conftest import memory_folder
from tests.faults.injection import KILLED_AFTER, KILLED_BEFORE, Fault
from tests.faults.killed.server import APP
from tests.faults.killed.site import KilledSite, running_moto
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
FAULTS = (KILLED_BEFORE, KILLED_AFTER)


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
        running_moto(folder) if backend == "aws" else nullcontext() as moto,
    ):
        settings = {"WEB_CONCURRENCY": "1"} | (moto.settings if moto else {})
        with RunningSite(folder / "backend", APP, **settings) as site:
            yield Stages(KilledSite(folder / "backend", site.url, moto), saved)


@pytest.mark.exhaustive("kills")
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_site_survives_a_kill_at_every_step(
    stages: Stages,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    fault: Fault,
    operation: Operation,
) -> None:
    """A kill loses nothing and leaves nothing incomplete; the visitor can try again."""
    with stages.on(backend, operation.name, operation.opened) as stage:
        site, send = stage.site, stage.arranged
        are_done = partial(invariants.assert_done_or_undone, operation, site, is_ok=False)

        def survive(*, repair_first: bool) -> None:
            recover = partial(invariants.assert_recovers, site, operation, send)
            stages.check_each_once(
                {
                    (stage.name, "done or undone"): are_done,
                    (stage.name, repair_first): partial(recover, repair_first=repair_first),
                }
            )

        survived = _survived(stage, fault, steps, send, survive)
    assert survived
    record_property("survived", f"{_place(backend, fault)}|{fault.name}|{survived}")


@pytest.mark.exhaustive("kills of albums")
@pytest.mark.parametrize("operation", ALBUM_OPERATIONS)
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_albums_survive_a_kill_at_every_step(
    stages: Stages,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    fault: Fault,
    operation: str,
) -> None:
    """A kill loses nothing, and no album shows a hidden photo; it can be done again."""
    album_operation = ALBUMS[operation]
    with stages.on(backend, operation, album_operation.scene) as stage:
        site, scene = stage.site, stage.arranged
        assert isinstance(site, KilledSite)

        def survive(*, repair_first: bool) -> None:
            recover = partial(album_invariants.assert_recovers, site, album_operation, scene)
            stages.check_once(partial(recover, repair_first=repair_first), stage.name, repair_first)

        send = partial(site.change_album, album_operation, scene)
        survived = _survived(stage, fault, steps, send, survive)
    record_property("survived", f"{_place(backend, fault)}|{fault.name}|{survived}")


def _place(backend: str, fault: Fault) -> str:
    is_copied = backend == "local" and fault is KILLED_BEFORE
    return f"{backend}: {'files' if is_copied else 'processes'}"


def _survived(
    stage: Stage[Any], fault: Fault, steps: Iterable[int], send: Send, survive: Callable[..., None]
) -> int:
    """Check what a kill at each step leaves. Return the number of steps.

    Most kills after a step leave the data of one before the next step, so every third suffices.
    """
    stride = 3 if fault is KILLED_AFTER else 1
    leave = _leaving(stage, fault, send)
    survived = 0
    for step in islice(steps, 0, None, stride):
        try:
            if not leave(step):
                break
            survive(repair_first=step % 2 == 0)
        except AssertionError as error:
            error.add_note(f"{stage.name}, {fault} step {step}")
            raise
        survived += 1
    return survived


def _leaving(stage: Stage[Any], fault: Fault, send: Send) -> Callable[[int], bool]:
    """Return a function that leaves what a kill at a step leaves, if there are as many steps."""
    site = stage.site
    assert isinstance(site, KilledSite)
    if site.backend.clients:
        return partial(_kill, stage, site, fault, send)
    stage.reset()
    copies = site.record(fault, send)
    if fault is KILLED_BEFORE:
        return partial(_restore, stage, site, copies)
    return partial(_kill_and_compare, stage, site, send, copies)


def _kill(stage: Stage[Any], site: KilledSite, fault: Fault, send: Send, step: int) -> bool:
    stage.reset()
    with site.killed(fault, step):
        answer = send()
    assert answer.ok or answer.status == 0, answer
    return not answer.ok


def _restore(stage: Stage[Any], site: KilledSite, copies: list[Path], step: int) -> bool:
    """Restore what was stored before a step."""
    if step > len(copies):
        return False
    site.return_to(replace(stage.checkpoint, restore=partial(site.store, copies[step - 1])))
    return True


def _kill_and_compare(
    stage: Stage[Any], site: KilledSite, send: Send, copies: list[Path], step: int
) -> bool:
    """Kill the worker after a step. It leaves what is in the copy."""
    is_killed = _kill(stage, site, KILLED_AFTER, send, step)
    if is_killed:
        copy = copies[step - 1]
        left = stored_state.digest(site.backend, site.folder)
        assert left == stored_state.digest(local_backend(copy), copy)
    return is_killed
