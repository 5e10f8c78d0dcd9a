"""Check: hold catalog and objects against each other."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from app.domain import object_keys, photo_ids
from app.domain.photo import Photo
from app.maintenance.concurrency import Watch, together, unwatched
from app.maintenance.findings import CERTAIN, UPLOADING, Finding, Kind, findings_of
from app.maintenance.reconciliation import Ledger, weight
from app.maintenance.snapshot import Look, look, read_record, record_key, stored_keys
from app.maintenance.usage_check import Misreckoning, credited, debited, is_account, misreckonings, names_of
from app.services.photo_service import PhotoLibrary

_PREFIXES = (object_keys.PUBLIC_PREFIX, object_keys.TRASH_PREFIX, object_keys.RECORD_PREFIX)
_TAG = "#"  # before a tag's name it is the name of the tag's account
_PAGE = 1000
_ACCOUNTS = 10_000  # that are reckoned anew in one pass over the records: so many are held in memory


@dataclass(frozen=True, slots=True)
class Miscount:
    """A tag whose count is not the number of photos that its feed lists."""

    tag: str
    shown: int
    photos: int


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something wrong: what was looked at (None: an object that is no photo's), and what is wrong with it."""

    subject: Look | Miscount | Misreckoning | None
    findings: tuple[Finding, ...]


class Check:
    """Iterating gives the findings. Memory does not grow with the collection: see `Ledger`.

    Safe while the site serves: whatever looks wrong is looked at again, alone, before it is named; and with `settle`
    what a change under way could explain is named only when it is the same so many seconds later.
    """

    def __init__(
        self,
        library: PhotoLibrary,
        *,
        settle: float = 0.0,
        uploading: timedelta = UPLOADING,
        records: bool = False,
        watch: Watch = unwatched,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.library = library
        self.seems_lost = False  # whether so much is without a record that a table must have been lost
        self._settle = settle
        self._uploading = uploading
        self._records = records
        self._watch = watch
        self._sleep = sleep

    def __iter__(self) -> Iterator[Finding]:
        return (finding for suspicion in self.suspicions() for finding in suspicion.findings)

    def suspicions(self) -> Iterator[Suspicion]:
        """What is wrong, tag by tag and photo by photo, then account by account."""
        with closing(Ledger()) as ledger:
            self._enter_all(ledger)
            known, unknown = ledger.sizes()
            self.seems_lost = unknown > max(20, known // 10)
            for name in self._watch("suspicions", ledger.suspects()):
                if not is_account(name):
                    yield from self._first_look(ledger, name)
            yield from self._second_looks(ledger)
            yield from self._misreckoned(ledger)

    def _enter_all(self, ledger: Ledger) -> None:
        # Objects first: a photo published meanwhile then has a record without objects here, and is looked at again.
        for prefix in _PREFIXES:
            stored = self._watch(f"objects in {prefix}", self.library.objects.list(prefix))
            ledger.enter((_account(found.key), _weight(found.key, found.size)) for found in stored)
        listings = self._watch("listings", self.library.catalog.listings())
        ledger.enter((listing.card.photo_id, weight((listing.feed, listing.card))) for listing in listings)
        photos, today = self._watch("photos", self.library.catalog.photos()), datetime.now(UTC).date()
        ledger.enter((entry for photo in photos for entry in (*_debits(photo), *debited(photo, today))), known=True)
        ledger.enter((_TAG + tag.tag, tag.count) for tag in self.library.tags())
        ledger.enter(entry for account in self.library.catalog.accounts() for entry in credited(account, today))
        if self._records:
            for stale in stale_records(self.library, self._watch("records", self.library.catalog.photos())):
                ledger.suspect(stale.photo_id)
        if next(ledger.suspects(), None) is not None:
            ledger.note_feeds((listing.card.photo_id, listing.feed) for listing in self.library.catalog.listings())

    def _first_look(self, ledger: Ledger, name: str) -> Iterator[Suspicion]:
        suspicion = self._look(ledger, name)
        if not self._settle or all(finding.kind in CERTAIN for finding in suspicion.findings):
            if suspicion.findings:
                yield suspicion
        else:
            ledger.doubt(name, map(repr, suspicion.findings))

    def _second_looks(self, ledger: Ledger) -> Iterator[Suspicion]:
        if next(ledger.doubted(), None) is None:
            return
        self._sleep(self._settle)
        for name in self._watch("second looks", ledger.doubted()):
            again, doubts = self._look(ledger, name), ledger.doubts(name)
            lasting = tuple(found for found in again.findings if found.kind in CERTAIN or repr(found) in doubts)
            if lasting:
                yield Suspicion(again.subject, lasting)

    def _misreckoned(self, ledger: Ledger) -> Iterator[Suspicion]:
        names = names_of(ledger.suspects())
        while batch := set(islice(names, _ACCOUNTS)):
            found = misreckonings(self.library.catalog, batch)
            if found and self._settle:
                self._sleep(self._settle)
                again = misreckonings(self.library.catalog, {wrong.real.account for wrong in found})
                found = [wrong for wrong in again if wrong in found]
            yield from (Suspicion(wrong, (wrong.finding,)) for wrong in found)

    def _look(self, ledger: Ledger, name: str) -> Suspicion:
        if name.startswith(_TAG):
            return self._count(name.removeprefix(_TAG))
        if "/" in name:
            found = (Finding(Kind.ORPHAN, name),) if self.library.objects.exists(name) else ()
            return Suspicion(None, found)
        seen = look(self.library, name, ledger.feeds(name))
        return Suspicion(seen, findings_of(seen, datetime.now(UTC), self._uploading) if seen else ())

    def _count(self, tag: str) -> Suspicion:
        shown, photos = self._shown(tag), _length(self.library, object_keys.tag_feed(tag))
        if shown == photos or shown != self._shown(tag):  # it is right, or is changing this very moment
            return Suspicion(None, ())
        finding = Finding(Kind.MISCOUNTED, f"{tag}: {shown} shown, {photos} photos")
        return Suspicion(Miscount(tag, shown, photos), (finding,))

    def _shown(self, tag: str) -> int:
        return next((counted.count for counted in self.library.tags() if counted.tag == tag), 0)


def stale_records(library: PhotoLibrary, photos: Iterable[Photo]) -> Iterator[Finding]:
    """The photos whose record sidecar does not say what the catalog says: one read a photo."""

    def compared(photo: Photo) -> Finding | None:
        key = record_key(photo)
        _, told = read_record(library.objects, key)
        return None if told == photo else Finding(Kind.STALE, key, photo.photo_id)

    return (finding for finding in together(compared, photos) if finding)


def _account(key: str) -> str:
    """An object's account is its photo's; one that can be no photo's has its own."""
    photo_id = object_keys.photo_id_of(key)
    return photo_id if photo_ids.is_photo_id(photo_id) else key


def _weight(key: str, size: int) -> int:
    """Of an original the size counts too: the record knows it."""
    return weight((key, size) if key.rpartition("/")[2].startswith("original.") else key)


def _debits(photo: Photo) -> Iterator[tuple[str, int]]:
    objects = sum(_weight(key, photo.bytes) for key in (*stored_keys(photo), record_key(photo)))
    yield photo.photo_id, -objects - sum(weight((feed, photo.card)) for feed in photo.feeds)
    yield from ((_TAG + tag, -1) for tag in photo.counted_tags)


def _length(library: PhotoLibrary, feed: str) -> int:
    page = library.page(feed, _PAGE)
    length = len(page.cards)
    while page.older:
        page = library.page(feed, _PAGE, before=page.older)
        length += len(page.cards)
    return length
