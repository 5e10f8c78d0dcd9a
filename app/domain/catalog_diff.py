"""Compute the catalog writes of a changed photo, for both storage backends."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import usage
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState


@dataclass(frozen=True, slots=True)
class CatalogDiff:
    """The writes that take a photo from one version to the next."""

    listed: tuple[str, ...]  # listings that now contain the photo
    changed: tuple[str, ...]  # listings that still contain it, but with another summary
    unlisted: tuple[str, ...]  # listings that no longer contain it
    counts: Mapping[str, int]  # change of each tag's count, never 0
    usage: tuple[usage.Usage, ...]  # change of each usage counter, never 0
    key_claimed: bool  # the idempotency key now leads to this photo
    key_released: bool  # the idempotency key may make another photo


def diff(before: Photo | None, after: Photo) -> CatalogDiff:
    """Return the difference. `before` is None for a new photo."""
    before_listings = before.listings if before else ()
    after_listings = after.listings
    is_same_summary = before is not None and before.summary == after.summary
    kept = tuple(listing for listing in after_listings if listing in before_listings)
    counts = Counter(after.counted_tags)
    counts.subtract(before.counted_tags if before else ())
    was_claimed = before is not None and before.state is not PhotoState.TRASHED
    is_claimed = after.state is not PhotoState.TRASHED
    return CatalogDiff(
        listed=tuple(listing for listing in after_listings if listing not in before_listings),
        changed=() if is_same_summary else kept,
        unlisted=tuple(listing for listing in before_listings if listing not in after_listings),
        counts={tag: change for tag, change in counts.items() if change},
        usage=_usage(before, after),
        key_claimed=is_claimed and not was_claimed,
        key_released=was_claimed and not is_claimed,
    )


def removal_diff(photo: Photo) -> tuple[usage.Usage, ...]:
    """Return the changes of the usage counters when a photo is deleted permanently."""
    return _usage(photo, None)


def _usage(before: Photo | None, after: Photo | None) -> tuple[usage.Usage, ...]:
    changes: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for photo, sign in ((after, 1), (before, -1)):
        if photo is None:
            continue
        for counter in usage.counters_of(photo):
            changes[counter] += sign
            sizes[counter] += sign * photo.bytes
    return tuple(
        usage.Usage(name, photos, sizes[name])
        for name, photos in changes.items()
        if photos or sizes[name]
    )
