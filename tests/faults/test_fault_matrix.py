"""Fault matrix: inject every fault at every step of every operation, on both backends."""

from collections.abc import Callable, Iterable
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


@pytest.mark.exhaustive("fault matrix")
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@pytest.mark.parametrize(
    ("backend", "level", "fault"), CELLS, ids=lambda part: str(part).replace(" ", "-")
)
def test_operation_survives_a_fault_at_every_step(
    tmp_path: Path,
    no_pauses: None,
    steps: Iterable[int],
    record_property: Callable[[str, object], None],
    backend: str,
    level: str,
    fault: Fault,
    operation: Operation,
) -> None:
    """A fault loses nothing and leaves nothing incomplete; the visitor can try again."""
    site = RestartableSite(tmp_path / "backend")
    survived = 0
    for step in steps:
        if not _survives(site, backend, level, Injector(fault, step), operation):
            break
        survived += 1
    assert survived
    record_property("survived", f"{backend}: {level}|{fault.name}|{survived}")


def _survives(
    site: RestartableSite, backend: str, level: str, injector: Injector, operation: Operation
) -> bool:
    """Inject one fault. Return False if the operation has fewer steps."""
    with site.on(backend):
        send = operation.prepare(site, operation.arrange(site))
        with site.failing(level, injector):
            answer = send()
        if injector.injected_at is None:
            assert answer.ok
            return False
        try:
            invariants.assert_honest(operation, answer, site, injector)
            invariants.assert_recovers(
                site, operation, send, repair_first=len(injector.steps) % 2 == 0
            )
        except AssertionError as error:
            error.add_note(
                f"{operation}: fault at {injector.injected_at} of {injector.steps}, "
                f"status {answer.status}"
            )
            raise
    return True
