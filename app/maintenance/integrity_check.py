"""Check: hold catalog and objects against each other."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from app.domain import object_keys, photo_ids
from app.domain.photo import Photo
from app.maintenance.concurrency import ProgressCallback, map_concurrently, no_progress
from app.maintenance.findings import NEVER_TRANSIENT, UPLOAD_GRACE, Finding, FindingKind, diagnose
from app.maintenance.reconciliation import Reconciliation, fingerprint
from app.maintenance.snapshot import (
    PhotoSnapshot,
    read_sidecar,
    sidecar_key,
    stored_keys,
    take_snapshot,
)
from app.maintenance.usage_check import (
    UsageMismatch,
    actual_entries,
    counter_names,
    expected_entries,
    find_usage_mismatches,
    is_usage_key,
)
from app.services.photo_service import PhotoService

_PREFIXES = (object_keys.PUBLIC_PREFIX, object_keys.TRASH_PREFIX, object_keys.RECORD_PREFIX)
_TAG = "#"  # before a tag's name it is the name of the tag's account
_PAGE = 1000
_ACCOUNTS = (
    10_000  # that are reckoned anew in one pass over the records: so many are held in memory
)


@dataclass(frozen=True, slots=True)
class TagCountMismatch:
    """A tag whose count is not the number of photos that its listing lists."""

    tag: str
    shown: int
    photos: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: what was looked at (None: an object that is no photo's), and what is wrong with it."""

    subject: PhotoSnapshot | TagCountMismatch | UsageMismatch | None
    findings: tuple[Finding, ...]


class IntegrityCheck:
    """Iterating gives the findings. Memory does not grow with the collection: see `Ledger`.

    Safe while the site serves: whatever looks wrong is looked at again, alone, before it is named; and with `settle`
    what a change under way could explain is named only when it is the same so many seconds later.
    """

    def __init__(
        self,
        service: PhotoService,
        *,
        settle: float = 0.0,
        uploading: timedelta = UPLOAD_GRACE,
        records: bool = False,
        watch: ProgressCallback = no_progress,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.service = service
        self.seems_lost = (
            False  # whether so much is without a record that a table must have been lost
        )
        self._settle = settle
        self._uploading = uploading
        self._records = records
        self._watch = watch
        self._sleep = sleep

    def __iter__(self) -> Iterator[Finding]:
        return (finding for suspicion in self.problems() for finding in suspicion.findings)

    def problems(self) -> Iterator[Problem]:
        """What is wrong, tag by tag and photo by photo, then account by account."""
        with closing(Reconciliation()) as reconciliation:
            self._collect(reconciliation)
            known, unknown = reconciliation.count_known_and_unknown()
            self.seems_lost = unknown > max(20, known // 10)
            for name in self._watch("suspicions", reconciliation.mismatches()):
                if not is_usage_key(name):
                    yield from self._check_once(reconciliation, name)
            yield from self._recheck(reconciliation)
            yield from self._usage_problems(reconciliation)

    def _collect(self, reconciliation: Reconciliation) -> None:
        # Objects first: a photo published meanwhile then has a record without objects here, and is looked at again.
        for prefix in _PREFIXES:
            stored = self._watch(f"objects in {prefix}", self.service.objects.list(prefix))
            reconciliation.add(
                (_reconciliation_key(found.key), _fingerprint(found.key, found.size))
                for found in stored
            )
        listings = self._watch("listings", self.service.catalog.listings())
        reconciliation.add(
            (listing.summary.photo_id, fingerprint((listing.listing, listing.summary)))
            for listing in listings
        )
        photos, today = (
            self._watch("photos", self.service.catalog.photos()),
            datetime.now(UTC).date(),
        )
        reconciliation.add(
            (
                entry
                for photo in photos
                for entry in (*_expected_entries(photo), *expected_entries(photo, today))
            ),
            known=True,
        )
        reconciliation.add((_TAG + tag.tag, tag.count) for tag in self.service.tags())
        reconciliation.add(
            entry
            for account in self.service.catalog.usage_counters()
            for entry in actual_entries(account, today)
        )
        if self._records:
            for stale in find_stale_sidecars(
                self.service, self._watch("records", self.service.catalog.photos())
            ):
                reconciliation.force_mismatch(stale.photo_id)
        if next(reconciliation.mismatches(), None) is not None:
            reconciliation.note_listings(
                (listing.summary.photo_id, listing.listing)
                for listing in self.service.catalog.listings()
            )

    def _check_once(self, reconciliation: Reconciliation, name: str) -> Iterator[Problem]:
        suspicion = self._look(reconciliation, name)
        if not self._settle or all(
            finding.kind in NEVER_TRANSIENT for finding in suspicion.findings
        ):
            if suspicion.findings:
                yield suspicion
        else:
            reconciliation.note_first_findings(name, map(repr, suspicion.findings))

    def _recheck(self, reconciliation: Reconciliation) -> Iterator[Problem]:
        if next(reconciliation.keys_to_recheck(), None) is None:
            return
        self._sleep(self._settle)
        for name in self._watch("second looks", reconciliation.keys_to_recheck()):
            again, doubts = self._look(reconciliation, name), reconciliation.first_findings(name)
            lasting = tuple(
                found
                for found in again.findings
                if found.kind in NEVER_TRANSIENT or repr(found) in doubts
            )
            if lasting:
                yield Problem(again.subject, lasting)

    def _usage_problems(self, reconciliation: Reconciliation) -> Iterator[Problem]:
        names = counter_names(reconciliation.mismatches())
        while batch := set(islice(names, _ACCOUNTS)):
            found = find_usage_mismatches(self.service.catalog, batch)
            if found and self._settle:
                self._sleep(self._settle)
                again = find_usage_mismatches(
                    self.service.catalog, {wrong.real.account for wrong in found}
                )
                found = [wrong for wrong in again if wrong in found]
            yield from (Problem(wrong, (wrong.finding,)) for wrong in found)

    def _look(self, reconciliation: Reconciliation, name: str) -> Problem:
        if name.startswith(_TAG):
            return self._count(name.removeprefix(_TAG))
        if "/" in name:
            found = (
                (Finding(FindingKind.ORPHAN, name),) if self.service.objects.exists(name) else ()
            )
            return Problem(None, found)
        seen = take_snapshot(self.service, name, reconciliation.listings_of(name))
        return Problem(seen, diagnose(seen, datetime.now(UTC), self._uploading) if seen else ())

    def _count(self, tag: str) -> Problem:
        shown, photos = self._shown(tag), _length(self.service, object_keys.tag_listing(tag))
        if shown == photos or shown != self._shown(
            tag
        ):  # it is right, or is changing this very moment
            return Problem(None, ())
        finding = Finding(FindingKind.MISCOUNTED, f"{tag}: {shown} shown, {photos} photos")
        return Problem(TagCountMismatch(tag, shown, photos), (finding,))

    def _shown(self, tag: str) -> int:
        return next((counted.count for counted in self.service.tags() if counted.tag == tag), 0)


def find_stale_sidecars(service: PhotoService, photos: Iterable[Photo]) -> Iterator[Finding]:
    """The photos whose record sidecar does not say what the catalog says: one read a photo."""

    def compared(photo: Photo) -> Finding | None:
        key = sidecar_key(photo)
        _, told = read_sidecar(service.objects, key)
        return None if told == photo else Finding(FindingKind.STALE, key, photo.photo_id)

    return (finding for finding in map_concurrently(compared, photos) if finding)


def _reconciliation_key(key: str) -> str:
    """An object's account is its photo's; one that can be no photo's has its own."""
    photo_id = object_keys.photo_id_of(key)
    return photo_id if photo_ids.is_photo_id(photo_id) else key


def _fingerprint(key: str, size: int) -> int:
    """Of an original the size counts too: the record knows it."""
    return fingerprint((key, size) if key.rpartition("/")[2].startswith("original.") else key)


def _expected_entries(photo: Photo) -> Iterator[tuple[str, int]]:
    objects = sum(
        _fingerprint(key, photo.bytes) for key in (*stored_keys(photo), sidecar_key(photo))
    )
    yield (
        photo.photo_id,
        -objects - sum(fingerprint((listing, photo.summary)) for listing in photo.listings),
    )
    yield from ((_TAG + tag, -1) for tag in photo.counted_tags)


def _length(service: PhotoService, listing: str) -> int:
    page = service.page(listing, _PAGE)
    length = len(page.summaries)
    while page.older:
        page = service.page(listing, _PAGE, before=page.older)
        length += len(page.summaries)
    return length
