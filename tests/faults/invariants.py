"""What must hold after any fault: DESIGN's invariants, the caretaker's repair, the visitor's second try."""

from datetime import timedelta
from html import unescape

from app.domain import object_keys
from app.domain.photo import PhotoState
from app.maintenance import IntegrityCheck, Repair
from app.maintenance.findings import FindingKind
from app.services.photo_service import PhotoService
from tests.faults.injection import Injector
from tests.faults.operations import Operation, Send
from tests.faults.restartable_site import Answer, RestartableSite

# What a fault may leave for the caretaker. No hole, no listing of nothing, no listing that shows other words.
MENDABLE = {
    FindingKind.ORPHAN,
    FindingKind.HALF_DELETED,
    FindingKind.STALE,
    FindingKind.MISCOUNTED,
    FindingKind.MISRECKONED,
}
BUSY = "Storage isn’t answering. Nothing is lost: try again in a moment."
REFUSED = "Storage isn’t available. Please tell the site’s owner."
HOLD = timedelta(minutes=5)  # more than a move that died holds its photo


def check(service: PhotoService) -> IntegrityCheck:
    """A check with the site stopped: nothing is under way."""
    return IntegrityCheck(service, uploading=timedelta(0), records=True)


def assert_honest(
    operation: Operation, answer: Answer, site: RestartableSite, injector: Injector
) -> None:
    """Whoever was told that it is done finds it done; whoever was not is told what to do, and keeps what they typed."""
    photos = site.photos()
    assert operation.is_done(photos) or (operation.is_undone(photos) and not answer.ok), photos
    if answer.ok:
        return
    if operation.name != "purge":
        assert answer.status == 503, answer
        assert unescape(answer.text).count(REFUSED if injector.fault.refused else BUSY) == 1, (
            answer.text
        )
        assert answer.retry_after
        assert operation.typed in answer.text
    else:
        assert answer.text.startswith("Error: "), answer.text


def assert_sound(site: RestartableSite) -> None:
    """Nothing is listed without its objects, and nothing shows other words than its record."""
    left = {finding.kind for finding in check(site.restart())}
    assert left <= MENDABLE, left


def assert_mended(site: RestartableSite) -> None:
    """The caretaker puts right all that was left; then no object is public whose photo is neither shown nor hidden."""
    steps = [(step.findings, step.run()) for step in Repair(check(site.restart()))]
    assert [problem for _, problem in steps if problem] == []
    assert {finding.kind for findings, _ in steps for finding in findings} <= MENDABLE, steps
    if steps:
        assert list(check(site.restart())) == []
    shown = {
        photo.photo_id
        for photo in site.backend.catalog.photos()
        if photo.state is not PhotoState.TRASHED
    }
    public = [
        *site.backend.objects.list(object_keys.PUBLIC_PREFIX),
        *site.backend.objects.list(object_keys.RECORD_PREFIX),
    ]
    assert {object_keys.photo_id_of(stored.key) for stored in public} == shown
    assert site.backend.catalog.get(site.bystander.photo_id) == site.bystander


def assert_done_once(operation: Operation, again: Answer, site: RestartableSite) -> None:
    """The same form sent again: done, and once; a photo of a broken-off upload may be in the trash besides."""
    assert again.ok, again
    photos = [
        photo
        for photo in site.photos()
        if photo.state is not PhotoState.TRASHED or operation.name == "delete"
    ]
    assert operation.is_done(photos), photos


def assert_all_well_in_the_end(
    site: RestartableSite, operation: Operation, send: Send, *, caretaker_first: bool
) -> None:
    """Restart, let the caretaker look after what is left, and the visitor try again, or the other way round."""
    (assert_mended if caretaker_first else assert_sound)(site)
    again = send()
    if not again.ok:  # a move that died holds its photo for some minutes
        assert again.status == 503, again
        site.later += HOLD
        again = send()
    assert_done_once(operation, again, site)
    assert_mended(site)
