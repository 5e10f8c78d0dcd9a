"""The fault matrix: every deed, on both homes, struck at every step that it takes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import invariants
from tests.faults.injection import (
    AFTER,
    BEFORE,
    DENIED,
    FULL,
    GONE,
    LOST_ONCE,
    THROTTLED,
    TIMEOUT,
    Fault,
    Injector,
)
from tests.faults.operations import OPERATIONS, Operation
from tests.faults.restartable_site import RestartableSite

LEVELS = {
    ("local", "ports"): (BEFORE, AFTER, DENIED, GONE),
    ("local", "disk"): (BEFORE, AFTER, THROTTLED, TIMEOUT, DENIED, FULL, GONE),
    ("aws", "calls"): (BEFORE, AFTER, LOST_ONCE, THROTTLED, TIMEOUT, DENIED, GONE),
}
CELLS = [(*where, fault) for where, faults in LEVELS.items() for fault in faults]


@pytest.mark.parametrize("deed", OPERATIONS, ids=str)
@pytest.mark.parametrize(
    ("backend", "level", "fault"), CELLS, ids=lambda part: str(part).replace(" ", "-")
)
def test_every_step_of_every_deed_survives(
    tmp_path: Path,
    no_pauses: None,
    record_property: Callable[[str, object], None],
    backend: str,
    level: str,
    fault: Fault,
    operation: Operation,
) -> None:
    """Struck at any step: nothing is lost, half done or listed in vain, the visitor is told, the second try does it."""
    site, survived = RestartableSite(tmp_path / "home"), 0
    while _survives(site, backend, level, Injector(fault, survived + 1), operation):
        survived += 1
    assert survived
    record_property("survived", [f"{backend}: {level}", fault.name, survived])


def _survives(
    site: RestartableSite, backend: str, level: str, injector: Injector, operation: Operation
) -> bool:
    """One cell; False where the deed takes fewer steps, and met no fault."""
    with site.on(backend):
        send = operation.prepare(site, operation.arrange(site))
        with site.failing(level, injector):
            answer = send()
        if injector.struck is None:
            assert answer.ok
            return False
        try:
            invariants.assert_honest(operation, answer, site, injector)
            invariants.assert_all_well_in_the_end(
                site, operation, send, caretaker_first=len(injector.steps) % 2 == 0
            )
        except AssertionError as error:
            error.add_note(
                f"{operation}, struck at {injector.struck} of {injector.steps}, answered {answer.status}"
            )
            raise
    return True
