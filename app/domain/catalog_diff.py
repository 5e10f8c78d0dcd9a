"""Compute the catalog writes of a changed photo, for both storage backends."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import usage
from app.domain.listings.entries import EntryKey
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState


@dataclass(frozen=True, slots=True)
class CatalogDiff:
    """The writes that take a photo from one version to the next."""

    listed: tuple[EntryKey, ...]  # entries of listings that the photo has now
    changed: tuple[EntryKey, ...]  # entries that it still has, but with another summary
    unlisted: tuple[EntryKey, ...]  # entries that it no longer has
    counts: Mapping[str, int]  # change of each tag's count, never 0
    usage: tuple[usage.Usage, ...]  # change of each usage counter, never 0
    key_claimed: bool  # the idempotency key now leads to this photo
    key_released: bool  # the idempotency key may make another photo


def diff(before: Photo | None, after: Photo) -> CatalogDiff:
    """Return the difference. `before` is None for a new photo."""
    old_keys = before.entry_keys if before else ()
    new_keys = after.entry_keys
    is_same_summary = before is not None and before.summary == after.summary
    kept = tuple(key for key in new_keys if key in old_keys)
    counts = Counter(after.counted_tags)
    counts.subtract(before.counted_tags if before else ())
    was_claimed = before is not None and before.state is not PhotoState.TRASHED
    is_claimed = after.state is not PhotoState.TRASHED
    return CatalogDiff(
        listed=tuple(key for key in new_keys if key not in old_keys),
        changed=() if is_same_summary else kept,
        unlisted=tuple(key for key in old_keys if key not in new_keys),
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
