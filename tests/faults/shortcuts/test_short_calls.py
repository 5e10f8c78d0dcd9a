"""Short calls do what whole ones do."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from app.domain.errors import EditConflict, PhotoNotFound, StorageError
from app.services.ports import Backend
from app.storage.aws.client_factory import Clients
from tests.backends import aws_backend, make_photo
from tests.faults import stored_state
from tests.faults.fault_points import at_aws
from tests.faults.injection import AFTER, BEFORE, GONE, LOST_ONCE, Fault, Injector
from tests.faults.shortcuts.short_calls import short_calls
from tests.storage.aws_calls import recorded

PHOTO = make_photo(tags=("sea",))


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("fault", [BEFORE, AFTER, LOST_ONCE, GONE], ids=str)
@pytest.mark.parametrize("step", [1, 2, 4, 100])
def test_short_calls_do_the_same(tmp_path: Path, fault: Fault, step: int) -> None:
    """The same calls are made, steps counted, items stored, photos read and errors raised."""
    seen = []
    for is_short in (False, True):
        with aws_backend() as backend, short_calls() if is_short else nullcontext():
            assert backend.clients
            results = _use(backend, backend.clients, Injector(fault, step))
            seen.append((results, stored_state.digest(backend, tmp_path)))
    assert seen[0] == seen[1]


def _use(backend: Backend, clients: Clients, injector: Injector) -> list[object]:
    """Publish a photo, edit it twice from one version, and return what was called and read."""
    results: list[object] = []
    with recorded(clients) as calls, at_aws(clients, injector):
        edited = PHOTO.next_version(title="Edited")
        for change in (
            lambda: backend.catalog.publish(PHOTO),
            lambda: backend.catalog.update(PHOTO, edited),
            lambda: backend.catalog.update(PHOTO, edited),
            lambda: backend.catalog.get(PHOTO.photo_id),
            lambda: list(backend.catalog.tag_counts()),
        ):
            try:
                results.append(change())
            except (EditConflict, PhotoNotFound, StorageError) as error:
                results.append(str(error))
    return [*results, calls.counts, injector.steps, injector.injected_at]
