"""What a change of a photo does to the feeds: the same in both homes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import usage
from app.domain.photo import Photo, State


@dataclass(frozen=True, slots=True)
class Relisting:
    """What has to be written when a photo goes from one version to the next (or comes to be)."""

    listed: tuple[str, ...]  # feeds that show it from now on
    unlisted: tuple[str, ...]  # feeds that show it no more
    counts: Mapping[str, int]  # by how much the count of a tag changes; never 0
    usage: tuple[usage.Usage, ...]  # by how much an account changes; never 0
    claimed: bool  # from now on sending the upload again gives this photo
    released: bool  # from now on the upload may make another photo


def relisting(before: Photo | None, after: Photo) -> Relisting:
    """The difference; `before` is None for a photo that is being published."""
    shown, listed = before.feeds if before else (), after.feeds
    counts = Counter(after.counted_tags)
    counts.subtract(before.counted_tags if before else ())
    was_claimed = before is not None and before.state is not State.TRASHED
    is_claimed = after.state is not State.TRASHED
    return Relisting(
        listed=listed,
        unlisted=tuple(feed for feed in shown if feed not in listed),
        counts={tag: change for tag, change in counts.items() if change},
        usage=_usage(before, after),
        claimed=is_claimed and not was_claimed,
        released=was_claimed and not is_claimed,
    )


def forgetting(photo: Photo) -> tuple[usage.Usage, ...]:
    """By how much accounts change when a photo is gone for good."""
    return _usage(photo, None)


def _usage(before: Photo | None, after: Photo | None) -> tuple[usage.Usage, ...]:
    changes: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for photo, sign in ((after, 1), (before, -1)):
        for account in usage.accounts(photo) if photo else ():
            changes[account] += sign
            sizes[account] += sign * photo.bytes if photo else 0
    return tuple(usage.Usage(name, photos, sizes[name]) for name, photos in changes.items() if photos or sizes[name])
