"""Compare tag counts and usage counters with the photos that they count."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from app.domain import object_keys
from app.domain.usage import Usage, counters_of
from app.maintenance.findings import Finding, FindingKind
from app.services.ports import Catalog

_PAGE_SIZE = 1000  # photos read at once


@dataclass(frozen=True, slots=True)
class TagCountMismatch:
    """A tag whose count differs from the number of photos in its listing."""

    tag: str
    stored: int
    actual: int

    @property
    def finding(self) -> Finding:
        """The mismatch as a finding."""
        detail = f"{self.tag}: count is {self.stored}, listing has {self.actual} photos"
        return Finding(FindingKind.TAG_COUNT_MISMATCH, detail)


@dataclass(frozen=True, slots=True)
class UsageMismatch:
    """A usage counter that differs from the sum over its photos."""

    stored: Usage
    actual: Usage

    @property
    def finding(self) -> Finding:
        """The mismatch as a finding."""
        stored = f"counter is {self.stored.photos} photos and {self.stored.bytes} bytes"
        actual = f"records have {self.actual.photos} photos and {self.actual.bytes} bytes"
        detail = f"{self.actual.counter}: {stored}, {actual}"
        return Finding(FindingKind.USAGE_COUNT_MISMATCH, detail)


def find_tag_count_mismatch(catalog: Catalog, tag: str) -> TagCountMismatch | None:
    """Return how a tag's count is wrong, None if it is right or changes during the check."""
    before = _tag_count(catalog, tag)
    actual = _listing_length(catalog, object_keys.tag_listing(tag))
    after = _tag_count(catalog, tag)
    if actual == before or before != after:
        return None
    return TagCountMismatch(tag, before, actual)


def find_usage_mismatches(catalog: Catalog, counters: Collection[str]) -> list[UsageMismatch]:
    """Return the wrong ones of the named usage counters: one pass over all records.

    A counter that changes during the pass is left out.
    """
    before = _stored_usage(catalog, counters)
    actual = _actual_usage(catalog, counters)
    after = _stored_usage(catalog, counters)
    return [
        UsageMismatch(after[name], actual[name])
        for name in sorted(counters)
        if before[name] == after[name] != actual[name]
    ]


def _tag_count(catalog: Catalog, tag: str) -> int:
    page = catalog.tags(tag, 1)
    return sum(found.count for found in page.tags if found.tag == tag)


def _listing_length(catalog: Catalog, listing: str) -> int:
    page = catalog.page(listing, _PAGE_SIZE)
    length = len(page.summaries)
    while page.older:
        page = catalog.page(listing, _PAGE_SIZE, before=page.older)
        length += len(page.summaries)
    return length


def _stored_usage(catalog: Catalog, counters: Collection[str]) -> dict[str, Usage]:
    usage = {name: Usage(name) for name in counters}
    for stored in catalog.usage_counters():
        if stored.counter in counters:
            usage[stored.counter] = stored
    return usage


def _actual_usage(catalog: Catalog, counters: Collection[str]) -> dict[str, Usage]:
    photos: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for photo in catalog.photos():
        for name in counters_of(photo):
            if name in counters:
                photos[name] += 1
                sizes[name] += photo.bytes
    return {name: Usage(name, photos[name], sizes[name]) for name in counters}
