"""A repair completes or undoes a change of a process that was killed.

Covers app.maintenance.repair, app.maintenance.repair_action.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from app.domain import object_keys
from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.upload import PhotoText
from app.maintenance import IntegrityCheck, Repair
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.maintenance.conftest import add, plain_service, publish, upload
from tests.maintenance.repairs.killed_process import Killed, dying
from tests.maintenance.repairs.repairing import expire


def assert_repairable(backend: Backend) -> None:
    """Repair everything at once. A repair that finds nothing has checked everything.

    The operator knows that no record was lost.
    """
    check = IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)
    steps = Repair(check, all_orphans=True)
    problems = [step.run() for step in steps]
    assert [problem for problem in problems if problem] == []
    if problems:
        assert list(IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)) == []


PREPARATIONS: dict[str, Callable[[Backend, str], object]] = {
    "publish": lambda _backend, _photo_id: None,
    "edit": lambda _backend, _photo_id: None,
    "hide": lambda _backend, _photo_id: None,
    "unhide": lambda backend, photo_id: plain_service(backend).hide(photo_id, Role.ADMIN),
    "delete": lambda _backend, _photo_id: None,
    "delete a hidden photo": lambda backend, photo_id: plain_service(backend).hide(
        photo_id, Role.ADMIN
    ),
    "restore": lambda backend, photo_id: plain_service(backend).delete(photo_id),
    "purge": expire,
}


def unhide(service: PhotoService, photo_id: str) -> Photo:
    return service.unhide(photo_id, Role.ADMIN)


EDITED = PhotoText(title="Edited", tags="dusk")
CHANGES: dict[str, Callable[[Backend, str], object]] = {
    "publish": lambda backend, _photo_id: publish(backend, upload("the form", tags="sea, dusk")),
    "edit": lambda backend, photo_id: plain_service(backend).update(photo_id, 1, EDITED),
    "hide": lambda backend, photo_id: plain_service(backend).hide(photo_id, Role.ADMIN),
    "unhide": lambda backend, photo_id: unhide(plain_service(backend), photo_id),
    "delete": lambda backend, photo_id: plain_service(backend).delete(photo_id),
    "delete a hidden photo": lambda backend, photo_id: plain_service(backend).delete(photo_id),
    "restore": lambda backend, photo_id: plain_service(backend).restore(photo_id),
    "purge": lambda backend, _photo_id: plain_service(backend).purge(),
}


@pytest.mark.exhaustive("repairs")
@pytest.mark.parametrize(
    "after", [False, True], ids=["before it took effect", "after it took effect"]
)
@pytest.mark.parametrize("change", CHANGES)
def test_a_process_killed_anywhere(
    backend: Backend, service: PhotoService, change: str, *, after: bool, exhaustive: bool
) -> None:
    """After a kill at any call and a repair, the site is consistent and a retry works.

    A sampled run kills the process at every third call.
    """
    for calls in range(0, 30, 1 if exhaustive else 3):
        photo = add(backend, tags="sea")
        PREPARATIONS[change](backend, photo.photo_id)
        died = True
        with suppress(Killed):
            CHANGES[change](dying(backend, calls, after=after), photo.photo_id)
            died = False
        assert_repairable(backend)
        assert_everything_public_is_shown(backend)
        with suppress(PhotoNotFound):
            assert_retried(backend, change, photo)
        for left in list(backend.catalog.photos()):
            expire(backend, left.photo_id)
        service.purge()
        if not died:
            break
    assert not died
    assert calls > 2


def assert_everything_public_is_shown(backend: Backend) -> None:
    """Each photo has all of its objects in its state, and nothing else is public."""
    public = {stored.key for stored in backend.objects.list(object_keys.PUBLIC_PREFIX)}
    photos = list(backend.catalog.photos())
    shown = [photo for photo in photos if photo.state is PhotoState.PUBLIC]
    assert public == {key for photo in shown for key in photo.object_keys}
    assert all(backend.objects.exists(key) for photo in photos for key in photo.stored_keys)


def assert_retried(backend: Backend, change: str, photo: Photo) -> None:
    """Repeating the change succeeds once."""
    service = plain_service(backend)
    if change == "publish":
        made = publish(backend, upload("the form", tags="sea, dusk"))
        listing = service.page(object_keys.duplicates_listing(made.sha256), 5).summaries
        assert [summary.photo_id for summary in listing] == [made.photo_id]
    elif change == "edit":
        now = service.get(photo.photo_id)
        assert service.update(photo.photo_id, now.version, EDITED).title == "Edited"
    elif change == "hide":
        assert service.hide(photo.photo_id, Role.ADMIN).state is PhotoState.HIDDEN
    elif change == "unhide":
        assert unhide(service, photo.photo_id).state is PhotoState.PUBLIC
    elif change.startswith("delete"):
        assert service.delete(photo.photo_id).state is PhotoState.TRASHED
    elif change == "restore":
        assert service.restore(photo.photo_id).state is PhotoState.PUBLIC
    assert list(IntegrityCheck(backend, upload_grace=timedelta(0), sidecars=True)) == []
