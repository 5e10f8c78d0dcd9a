"""Integrity check: find differences between the catalog, the object store, listings and counters.

The check works in three steps:

1. Reconcile. Every object and every listing entry adds a fingerprint (a hash) to the sum of its
   photo. Every record subtracts the fingerprints of all objects and listing entries that it should
   have. Tag counts and usage counters are summed in the same way. If a sum is not zero, its photo
   or counter is inspected. This step takes one pass over each store.
2. Inspect. Each of these photos and counters is read again and diagnosed. A change between the
   passes of step 1 leaves a sum that is not zero, but causes no finding.
3. Recheck. A change in progress can explain some findings, for example objects without a record
   during an upload. They are inspected again after a pause and reported if they are still there.

Albums have sums of their own, from the same passes (`AlbumCheck`).

Memory stays bounded for any number of photos: every pass is an iterator, and the sums are in a
temporary file (`Reconciliation`).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TypeAlias

from app.domain import object_keys
from app.domain.photo import Photo
from app.maintenance import entries
from app.maintenance.albums.album_check import AlbumCheck
from app.maintenance.albums.link_check import LinkCheck, LinkMismatch
from app.maintenance.albums.membership_check import MembershipMismatch
from app.maintenance.albums.snapshot import AlbumSnapshot
from app.maintenance.albums.sums import AlbumSums
from app.maintenance.counter_checks import (
    TagCountMismatch,
    UsageMismatch,
    find_tag_count_mismatch,
    find_usage_mismatches,
)
from app.maintenance.diagnosis import diagnose
from app.maintenance.findings import NEVER_TRANSIENT, UPLOAD_GRACE, Finding, FindingKind
from app.maintenance.progress import ProgressCallback, no_progress
from app.maintenance.reconciliation import Reconciliation
from app.maintenance.sidecars import find_stale_sidecars
from app.maintenance.snapshot import PhotoSnapshot, take_snapshot
from app.services.ports import Backend

_USAGE_BATCH = 10_000  # usage counters held in memory at once
# A table is probably lost if more photos than this have no record, and more than a tenth of all.
# It is so, too, if fewer photos have a record than have none.
_MAX_UNRECORDED = 20
_RECORDED_PER_UNRECORDED = 10


Subject: TypeAlias = (
    PhotoSnapshot
    | TagCountMismatch
    | UsageMismatch
    | AlbumSnapshot
    | MembershipMismatch
    | LinkMismatch
)


@dataclass(frozen=True, slots=True)
class Problem:
    """The findings for one photo, counter or album. `subject` is None for an object of no photo."""

    subject: Subject | None
    findings: tuple[Finding, ...]


class IntegrityCheck:
    """Iterate over it to run the check and get the findings. It is safe while the site is running.

    Args:
        backend: The catalog and the object store.
        recheck_after: Seconds to wait before findings that a change in progress could explain are
            checked again. Zero reports them at once.
        upload_grace: How long an upload may take; zero if the site is stopped.
        sidecars: Read every sidecar too.
        progress: Gets each iterator of a pass.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        recheck_after: float = 0.0,
        upload_grace: timedelta = UPLOAD_GRACE,
        sidecars: bool = False,
        progress: ProgressCallback = no_progress,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.backend = backend
        self._catalog = backend.catalog
        self._objects = backend.objects
        self.catalog_seems_lost = False  # set before the first problem is reported
        self._recheck_after = recheck_after
        self._upload_grace = upload_grace
        self._sidecars = sidecars
        self._progress = progress
        self._sleep = sleep

    def __iter__(self) -> Iterator[Finding]:
        for problem in self.problems():
            yield from problem.findings

    def problems(self) -> Iterator[Problem]:
        """Run the check. Yield problems of tags and photos, of usage counters, then of albums."""
        albums = AlbumCheck(
            self.backend,
            recheck_after=self._recheck_after,
            progress=self._progress,
            sleep=self._sleep,
        )
        links = LinkCheck(self.backend, self._recheck_after, self._sleep)
        with closing(Reconciliation()) as reconciliation, closing(albums):
            self._reconcile(reconciliation, albums, links)
            self.catalog_seems_lost = _catalog_seems_lost(reconciliation)
            yield from self._inspect_mismatches(reconciliation)
            yield from self._recheck(reconciliation)
            yield from self._check_usage(reconciliation)
            yield from (Problem(*found) for found in albums.problems())
            yield from (Problem(found, found.findings) for found in links.problems())

    def _reconcile(
        self, reconciliation: Reconciliation, albums: AlbumCheck, links: LinkCheck
    ) -> None:
        # Objects come first. The objects of a photo that is published during the passes are then
        # missing from its sum, and step 2 inspects it.
        self._add_objects(reconciliation, albums.sums)
        self._add_listings(reconciliation)
        today = datetime.now(UTC).date()  # once: both sides must expire the same counters
        for photo in self._progress("records", self._catalog.photos()):
            self._subtract_record(reconciliation, photo, today)
            albums.sums.add_photo(photo)
            links.add_photo(photo)
        albums.sums.add_entries(self._progress("albums", self.backend.albums.entries()))
        self._add_counters(reconciliation, today)
        if self._sidecars:
            self._force_stale_sidecars(reconciliation)
            albums.force_stale_sidecars()
        if reconciliation.has_mismatches():
            reconciliation.note_entries(entry.key for entry in self._catalog.listings())

    def _add_objects(self, reconciliation: Reconciliation, albums: AlbumSums) -> None:
        for prefix in object_keys.PREFIXES:
            stored = self._progress(f"objects in {prefix}", self._objects.list(prefix))
            of_photos = albums.without_sidecars(stored)
            reconciliation.add(map(entries.object_entry, of_photos))

    def _add_listings(self, reconciliation: Reconciliation) -> None:
        listings = self._progress("listing entries", self._catalog.listings())
        reconciliation.add(map(entries.listing_entry, listings))

    def _subtract_record(self, reconciliation: Reconciliation, photo: Photo, today: date) -> None:
        listed = self._catalog.entries_of(photo)
        reconciliation.add(entries.expected_entries(photo, listed, today), recorded=True)
        # A lease means that a move was interrupted, even if all objects are in the right place.
        # Photos of earlier versions have no checksum.
        if photo.lease_expires_at is not None or photo.crc32 is None:
            reconciliation.force_mismatch(photo.photo_id)

    def _add_counters(self, reconciliation: Reconciliation, today: date) -> None:
        reconciliation.add(map(entries.tag_entry, self._catalog.tag_counts()))
        for usage in self._catalog.usage_counters():
            reconciliation.add(entries.usage_entries(usage, today))

    def _force_stale_sidecars(self, reconciliation: Reconciliation) -> None:
        photos = self._progress("sidecars", self._catalog.photos())
        for finding in find_stale_sidecars(self._objects, photos):
            reconciliation.force_mismatch(finding.photo_id)

    def _inspect_mismatches(self, reconciliation: Reconciliation) -> Iterator[Problem]:
        for key in self._progress("mismatches", reconciliation.mismatches()):
            if entries.is_usage_key(key):
                continue
            problem = self._inspect(reconciliation, key)
            if self._recheck_after and not _is_certain(problem):
                reconciliation.note_first_findings(key, map(repr, problem.findings))
            elif problem.findings:
                yield problem

    def _recheck(self, reconciliation: Reconciliation) -> Iterator[Problem]:
        if next(reconciliation.keys_to_recheck(), None) is None:
            return
        self._sleep(self._recheck_after)
        for key in self._progress("rechecks", reconciliation.keys_to_recheck()):
            first = reconciliation.first_findings(key)
            problem = self._inspect(reconciliation, key)
            lasting = tuple(
                finding
                for finding in problem.findings
                if finding.kind in NEVER_TRANSIENT or repr(finding) in first
            )
            if lasting:
                yield Problem(problem.subject, lasting)

    def _check_usage(self, reconciliation: Reconciliation) -> Iterator[Problem]:
        names = entries.usage_counter_names(reconciliation.mismatches())
        while batch := set(islice(names, _USAGE_BATCH)):
            for mismatch in self._usage_mismatches(batch):
                yield Problem(mismatch, (mismatch.finding,))

    def _usage_mismatches(self, counters: set[str]) -> list[UsageMismatch]:
        found = find_usage_mismatches(self._catalog, counters)
        if not found or not self._recheck_after:
            return found
        self._sleep(self._recheck_after)
        names = {mismatch.actual.counter for mismatch in found}
        found_again = find_usage_mismatches(self._catalog, names)
        return [mismatch for mismatch in found_again if mismatch in found]

    def _inspect(self, reconciliation: Reconciliation, key: str) -> Problem:
        tag = entries.tag_of(key)
        if tag is not None:
            return self._inspect_tag(tag)
        if "/" in key:
            return self._inspect_foreign_object(key)
        snapshot = take_snapshot(self.backend, key, reconciliation.entries_of(key))
        if snapshot is None:  # the photo is changing, so its sum proves nothing
            return Problem(None, ())
        return Problem(snapshot, diagnose(snapshot, datetime.now(UTC), self._upload_grace))

    def _inspect_tag(self, tag: str) -> Problem:
        mismatch = find_tag_count_mismatch(self._catalog, tag)
        return Problem(mismatch, (mismatch.finding,) if mismatch else ())

    def _inspect_foreign_object(self, key: str) -> Problem:
        if not self._objects.exists(key):
            return Problem(None, ())
        return Problem(None, (Finding(FindingKind.ORPHANED_OBJECT, key),))


def _is_certain(problem: Problem) -> bool:
    """Return whether no change in progress can explain any of the findings."""
    return all(finding.kind in NEVER_TRANSIENT for finding in problem.findings)


def _catalog_seems_lost(reconciliation: Reconciliation) -> bool:
    recorded, unrecorded = reconciliation.count_recorded_and_unrecorded()
    most = max(_MAX_UNRECORDED, recorded // _RECORDED_PER_UNRECORDED)
    return unrecorded > min(most, recorded)
