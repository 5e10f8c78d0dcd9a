"""What a change of a photo does to the listings: the same in both homes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import usage
from app.domain.photo import Photo, PhotoState


@dataclass(frozen=True, slots=True)
class CatalogDiff:
    """What has to be written when a photo goes from one version to the next (or comes to be)."""

    listed: tuple[str, ...]  # listings that show it from now on
    unlisted: tuple[str, ...]  # listings that show it no more
    counts: Mapping[str, int]  # by how much the count of a tag changes; never 0
    usage: tuple[usage.Usage, ...]  # by how much an account changes; never 0
    key_claimed: bool  # from now on sending the upload again gives this photo
    key_released: bool  # from now on the upload may make another photo


def diff(before: Photo | None, after: Photo) -> CatalogDiff:
    """The difference; `before` is None for a photo that is being published."""
    shown, listed = before.listings if before else (), after.listings
    counts = Counter(after.counted_tags)
    counts.subtract(before.counted_tags if before else ())
    was_claimed = before is not None and before.state is not PhotoState.TRASHED
    is_claimed = after.state is not PhotoState.TRASHED
    return CatalogDiff(
        listed=listed,
        unlisted=tuple(listing for listing in shown if listing not in listed),
        counts={tag: change for tag, change in counts.items() if change},
        usage=_usage(before, after),
        key_claimed=is_claimed and not was_claimed,
        key_released=was_claimed and not is_claimed,
    )


def removal_diff(photo: Photo) -> tuple[usage.Usage, ...]:
    """By how much accounts change when a photo is gone for good."""
    return _usage(photo, None)


def _usage(before: Photo | None, after: Photo | None) -> tuple[usage.Usage, ...]:
    changes: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for photo, sign in ((after, 1), (before, -1)):
        for account in usage.counters_of(photo) if photo else ():
            changes[account] += sign
            sizes[account] += sign * photo.bytes if photo else 0
    return tuple(
        usage.Usage(name, photos, sizes[name])
        for name, photos in changes.items()
        if photos or sizes[name]
    )
