"""Invariants after a fault: consistency, repair, and the visitor's second attempt."""

from datetime import timedelta
from functools import partial
from html import unescape

from app.domain import object_keys
from app.domain.photo_summary import PhotoState
from app.maintenance import IntegrityCheck, Repair
from app.maintenance.findings import FindingKind
from tests.faults.injection import Injector
from tests.faults.operations import Operation, Send
from tests.faults.restartable_site import Answer, RestartableSite

# A fault may leave these for `repair`, but no missing object and no wrong listing.
REPAIRABLE = {
    FindingKind.ORPHANED_OBJECT,
    FindingKind.INCOMPLETE_MOVE,
    FindingKind.STALE_SIDECAR,
    FindingKind.SEARCH_MISMATCH,
    FindingKind.TAG_COUNT_MISMATCH,
    FindingKind.USAGE_COUNT_MISMATCH,
}
BUSY = "Storage isn’t answering. Nothing is lost: try again in a moment."
REFUSED = "Storage isn’t available. Please tell the site’s manager."
LEASE = timedelta(minutes=5)  # longer than a lease


def check(site: RestartableSite) -> IntegrityCheck:
    """Restart the site, and return a check for a site that is stopped."""
    site.restart()
    return IntegrityCheck(site.backend, upload_grace=timedelta(0), sidecars=True)


def assert_done_or_undone(operation: Operation, site: RestartableSite, *, is_ok: bool) -> None:
    """Success means done, and only public photos are public then."""
    photos = site.photos()
    assert operation.is_done(photos) or (operation.is_undone(photos) and not is_ok), photos
    if is_ok:
        assert_only_public_photos_are_public(site)


def assert_helpful(operation: Operation, answer: Answer, injector: Injector) -> None:
    """An error page says what to do and keeps the typed text."""
    if operation.name != "purge":
        assert answer.status == 503, answer
        assert unescape(answer.text).count(REFUSED if injector.fault.refused else BUSY) == 1, (
            answer.text
        )
        assert answer.retry_after
        assert operation.typed in answer.text
    else:
        assert answer.text.startswith("Error: "), answer.text


def assert_consistent(site: RestartableSite) -> None:
    """Every listed photo has its objects, and every listing agrees with its record."""
    if site.is_known("clean"):
        return
    left = {finding.kind for finding in check(site)}
    assert left <= REPAIRABLE, left


def assert_repairable(site: RestartableSite) -> None:
    """`repair` fixes everything; then only public photos have public objects.

    The operator knows that no record was lost.
    """
    if site.is_known("clean"):
        return
    steps = [(step.findings, step.run()) for step in Repair(check(site), all_orphans=True)]
    assert [problem for _, problem in steps if problem] == []
    assert {finding.kind for findings, _ in steps for finding in findings} <= REPAIRABLE, steps
    if steps and not site.is_known("clean"):
        assert list(check(site)) == []
    assert_only_public_photos_are_public(site)
    assert site.backend.catalog.get(site.other_photo.photo_id) == site.other_photo
    site.note("clean")


def assert_only_public_photos_are_public(site: RestartableSite) -> None:
    """No object of a hidden, deleted or unknown photo is under the public prefix."""
    photos = site.backend.catalog.photos()
    shown = {photo.photo_id for photo in photos if photo.state.has_public_objects}
    public = site.backend.objects.list(object_keys.PUBLIC_PREFIX)
    assert {object_keys.photo_id_of(stored.key) for stored in public} == shown


def assert_done_once(operation: Operation, again: Answer, site: RestartableSite) -> None:
    """Sending the form again succeeds and makes one photo."""
    assert again.ok, again
    photos = [
        photo
        for photo in site.photos()
        if photo.state is not PhotoState.TRASHED or operation.name.startswith(("delete", "refuse"))
    ]
    assert operation.is_done(photos), photos


def assert_recovers(
    site: RestartableSite, operation: Operation, send: Send, *, repair_first: bool
) -> None:
    """Restart, repair and send the form again, or in the other order."""
    (assert_repairable if repair_first else assert_consistent)(site)
    quality = f"{operation} can be sent again"
    if not site.is_known(quality):  # most repaired states are equal
        site.note(quality, partial(_assert_sent_again, site, operation, send))


def _assert_sent_again(site: RestartableSite, operation: Operation, send: Send) -> None:
    again = send()
    if not again.ok:  # a lease of a killed request
        assert again.status == 503, again
        site.later += LEASE
        again = send()
    assert_done_once(operation, again, site)
    assert_repairable(site)
