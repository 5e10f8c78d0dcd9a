"""Fault matrix of albums: inject every fault at every step of every operation on an album."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from app.domain.errors import AlbumConflict, EditConflict, PhotoBusy, ShoeboxError, StorageError
from tests.faults import album_invariants
from tests.faults.album_operations import OPERATIONS, AlbumOperation, make_scene
from tests.faults.injection import BEFORE, Fault, Injector
from tests.faults.restartable_site import RestartableSite
from tests.faults.test_fault_matrix import CELLS

# The fault matrix of photos injects the other faults of disks and of AWS, which all operations
# translate in the same place.
_CELLS = [cell for cell in CELLS if cell[1] == "ports" or cell == ("aws", "calls", BEFORE)]
# After a lost response, the second attempt may find that the first one was made.
_EXPECTED = (StorageError, AlbumConflict, EditConflict, PhotoBusy)


@pytest.mark.exhaustive("fault matrix of albums")
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@pytest.mark.parametrize(
    ("backend", "level", "fault"), _CELLS, ids=lambda part: str(part).replace(" ", "-")
)
def test_operation_on_an_album_survives_a_fault_at_every_step(
    tmp_path: Path,
    no_pauses: None,
    steps: Iterable[int],
    record_property: Callable[[str, object], None],
    backend: str,
    level: str,
    fault: Fault,
    operation: AlbumOperation,
) -> None:
    """Nothing is lost, no album shows a hidden photo, and it can be repaired and done again."""
    site = RestartableSite(tmp_path / "backend")
    survived = 0
    for step in steps:
        if not _survives(site, backend, level, Injector(fault, step), operation):
            break
        survived += 1
    record_property("survived", f"{backend}: {level}|{fault.name}|{survived}")


def _survives(
    site: RestartableSite, backend: str, level: str, injector: Injector, operation: AlbumOperation
) -> bool:
    """Inject one fault. Return False if the operation has fewer steps."""
    with site.on(backend):
        scene = make_scene(site.services, site.other_photo.photo_id)
        operation.arrange(site.services, scene)
        error = None
        with site.failing(level, injector):
            try:
                operation.run(site.services, scene)
            except ShoeboxError as raised:
                error = raised
        try:
            assert error is None or isinstance(error, _EXPECTED), error
            assert error or operation.is_done(site.backend, scene)
            if injector.injected_at is None:
                assert error is None
                return False
            album_invariants.assert_recovers(
                site, operation, scene, repair_first=len(injector.steps) % 2 == 0
            )
        except AssertionError as failure:
            failure.add_note(
                f"{operation}: fault at {injector.injected_at} of {injector.steps}, {error!r}"
            )
            raise
    return True
