"""Fault matrix: inject every fault at every step of every operation, on every backend."""

from collections.abc import Callable, Iterable
from functools import partial

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
from tests.faults.operations import OPERATIONS, Operation, Send
from tests.faults.stages import Stage, Stages

LEVELS = {
    ("local", "ports"): (BEFORE, AFTER, DENIED, GONE),
    ("store", "ports"): (AFTER, GONE),  # a bucket, and the local catalog
    ("local", "disk"): (BEFORE, AFTER, THROTTLED, TIMEOUT, DENIED, FULL, GONE),
    ("aws", "calls"): (BEFORE, AFTER, LOST_ONCE, THROTTLED, TIMEOUT, DENIED, GONE),
}
CELLS = [(*where, fault) for where, faults in LEVELS.items() for fault in faults]


@pytest.mark.exhaustive("fault matrix")
@pytest.mark.parametrize(
    ("backend", "level", "fault"), CELLS, ids=lambda part: str(part).replace(" ", "-")
)
# All faults of an operation, one after another, share its stage.
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_operation_survives_a_fault_at_every_step(
    stages: Stages,
    no_pauses: None,
    steps: Iterable[int],
    record_property: Callable[[str, object], None],
    backend: str,
    level: str,
    fault: Fault,
    operation: Operation,
) -> None:
    """A fault loses nothing and leaves nothing incomplete; the visitor can try again."""
    survived = 0
    with stages.on(backend, operation.name, operation.opened) as stage:
        for step in steps:
            stage.reset()
            if not _survives(stages, stage, level, Injector(fault, step), operation):
                break
            survived += 1
    assert survived
    record_property("survived", f"{backend}: {level}|{fault.name}|{survived}")


def _survives(
    stages: Stages, stage: Stage[Send], level: str, injector: Injector, operation: Operation
) -> bool:
    """Inject one fault. Return False if the operation has fewer steps."""
    site, send = stage.site, stage.arranged
    with site.failing(level, injector):
        answer = send()
    if injector.injected_at is None:
        assert answer.ok
        return False
    repair_first = len(injector.steps) % 2 == 0
    are_done = partial(invariants.assert_done_or_undone, operation, site, is_ok=answer.ok)
    recover = partial(invariants.assert_recovers, site, operation, send, repair_first=repair_first)
    try:
        if not answer.ok:
            invariants.assert_helpful(operation, answer, injector)
        stages.check_each_once(
            {
                (stage.name, "done or undone", answer.ok): are_done,
                (stage.name, "recovers", repair_first): recover,
            }
        )
    except AssertionError as error:
        error.add_note(
            f"{operation}: fault at {injector.injected_at} of {injector.steps}, "
            f"status {answer.status}"
        )
        raise
    return True
