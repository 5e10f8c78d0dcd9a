"""What the accounts say that photos take of the storage, held against the records."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.domain.photo import Photo
from app.domain.usage import Usage, counters_of, expiry_date
from app.maintenance.findings import Finding, FindingKind
from app.services.ports import Catalog

_ACCOUNT = "##"  # before an account's name: no tag begins with #, so these are no tag's


@dataclass(frozen=True, slots=True)
class UsageMismatch:
    """An account that is not what its photos come to."""

    shown: Usage
    real: Usage

    @property
    def finding(self) -> Finding:
        """It in words."""
        shown, real = self.shown, self.real
        return Finding(
            FindingKind.MISRECKONED,
            f"{real.account}: {shown.photos} photos of {shown.bytes} bytes shown, {real.photos} of {real.bytes} kept",
        )


def actual_entries(account: Usage, today: date) -> Iterator[tuple[str, int]]:
    """What an account enters in a ledger; nothing when AWS may be emptying that day's trash."""
    if _is_lasting(account.account, today):
        yield f"{_ACCOUNT}{account.account} photos", account.photos
        yield f"{_ACCOUNT}{account.account} bytes", account.bytes


def expected_entries(photo: Photo, today: date) -> Iterator[tuple[str, int]]:
    """What a photo enters in a ledger."""
    for name in counters_of(photo):
        yield from (
            (entry, -amount) for entry, amount in actual_entries(Usage(name, 1, photo.bytes), today)
        )


def is_usage_key(entry: str) -> bool:
    """Whether a ledger's entry is an account's."""
    return entry.startswith(_ACCOUNT)


def counter_names(entries: Iterable[str]) -> Iterator[str]:
    """The accounts of a ledger's entries, which come by name."""
    names = (
        entry.removeprefix(_ACCOUNT).rpartition(" ")[0] for entry in entries if is_usage_key(entry)
    )
    return (name for name, _ in groupby(names))


def find_usage_mismatches(catalog: Catalog, names: Collection[str]) -> list[UsageMismatch]:
    """Those of the accounts that are wrong, by one pass over all records; what changes meanwhile is left out."""
    before = _shown(catalog, names)
    photos: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for photo in catalog.photos():
        for name in counters_of(photo):
            if name in names:
                photos[name] += 1
                sizes[name] += photo.bytes
    after = _shown(catalog, names)
    found = (
        UsageMismatch(after[name], Usage(name, photos[name], sizes[name])) for name in sorted(names)
    )
    return [
        wrong
        for wrong in found
        if wrong.shown == before[wrong.real.account] and wrong.shown != wrong.real
    ]


def _shown(catalog: Catalog, names: Collection[str]) -> dict[str, Usage]:
    shown = {
        account.account: account for account in catalog.usage_counters() if account.account in names
    }
    return {name: Usage(name) for name in names} | shown


def _is_lasting(account: str, today: date) -> bool:
    day = expiry_date(account)
    return day is None or day > today
