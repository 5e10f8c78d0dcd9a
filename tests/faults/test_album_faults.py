"""Fault matrix of albums: inject every fault at every step of every operation on an album."""

from collections.abc import Callable, Iterable
from functools import partial

import pytest

from app.domain.errors import AlbumConflict, EditConflict, PhotoBusy, ShoeboxError, StorageError
from tests.faults import album_invariants
from tests.faults.album_operations import OPERATIONS, AlbumOperation, Scene
from tests.faults.injection import BEFORE, Fault, Injector
from tests.faults.stages import Stage, Stages
from tests.faults.test_fault_matrix import CELLS

# The fault matrix of photos injects the other faults of disks and of AWS, which all operations
# translate in the same place.
_CELLS = [cell for cell in CELLS if cell[1] == "ports" or cell == ("aws", "calls", BEFORE)]
# After a lost response, the second attempt may find that the first one was made.
_EXPECTED = (StorageError, AlbumConflict, EditConflict, PhotoBusy)


@pytest.mark.exhaustive("fault matrix of albums")
@pytest.mark.parametrize(
    ("backend", "level", "fault"), _CELLS, ids=lambda part: str(part).replace(" ", "-")
)
# All faults of an operation, one after another, share its stage.
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_operation_on_an_album_survives_a_fault_at_every_step(
    stages: Stages,
    no_pauses: None,
    steps: Iterable[int],
    record_property: Callable[[str, object], None],
    backend: str,
    level: str,
    fault: Fault,
    operation: AlbumOperation,
) -> None:
    """Nothing is lost, no album shows a hidden photo, and it can be repaired and done again."""
    survived = 0
    with stages.on(backend, operation, operation.scene) as stage:
        for step in steps:
            stage.reset()
            if not _survives(stages, stage, level, Injector(fault, step), operation):
                break
            survived += 1
    record_property("survived", f"{backend}: {level}|{fault.name}|{survived}")


def _survives(
    stages: Stages,
    stage: Stage[Scene],
    level: str,
    injector: Injector,
    operation: AlbumOperation,
) -> bool:
    """Inject one fault. Return False if the operation has fewer steps."""
    site, scene = stage.site, stage.arranged
    error = None
    with site.failing(level, injector):
        try:
            operation.run(site.services, scene)
        except ShoeboxError as raised:
            error = raised
    repair_first = len(injector.steps) % 2 == 0
    recover = partial(
        album_invariants.assert_recovers, site, operation, scene, repair_first=repair_first
    )
    try:
        assert error is None or isinstance(error, _EXPECTED), error
        assert error or operation.is_done(site.backend, scene)
        if injector.injected_at is None:
            assert error is None
            return False
        stages.check_once(recover, stage.name, repair_first)
    except AssertionError as failure:
        failure.add_note(
            f"{operation}: fault at {injector.injected_at} of {injector.steps}, {error!r}"
        )
        raise
    return True
