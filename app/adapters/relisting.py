"""What a change of a photo does to the feeds, and how a read of a feed becomes a page: the same in both homes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.photo import Card, Page, Photo, State

# Cursors of the two ends: every photo is after the one and before the other.
OLDEST = "0" * 26
NEWEST = "7" + "Z" * 25


@dataclass(frozen=True, slots=True)
class Relisting:
    """What has to be written when a photo goes from one version to the next (or comes to be)."""

    listed: tuple[str, ...]  # feeds that show it from now on
    unlisted: tuple[str, ...]  # feeds that show it no more
    counts: Mapping[str, int]  # by how much the count of a tag changes; never 0
    claimed: bool  # from now on sending the upload again gives this photo
    released: bool  # from now on the upload may make another photo


def relisting(before: Photo | None, after: Photo) -> Relisting:
    """The difference; `before` is None for a photo that is being published."""
    counts = Counter(after.counted_tags)
    counts.subtract(before.counted_tags if before else ())
    was_claimed = before is not None and before.state is not State.TRASHED
    is_claimed = after.state is not State.TRASHED
    return Relisting(
        listed=after.feeds,
        unlisted=tuple(feed for feed in (before.feeds if before else ()) if feed not in after.feeds),
        counts={tag: change for tag, change in counts.items() if change},
        claimed=is_claimed and not was_claimed,
        released=was_claimed and not is_claimed,
    )


def page_of(found: Sequence[Card], limit: int, before: str | None, after: str | None) -> Page:
    """The page for cards read from the cursor on: newest first, but oldest first for `after`.

    `found` has one card more than `limit` where there is more. A page with nothing on it points back to all there
    is on the cursor's side, the cursor's own photo included.
    """
    cards = tuple(found[:limit])
    more = len(found) > limit
    if before is not None or after is None:
        last, first = (cards[-1].photo_id, cards[0].photo_id) if cards else ("", OLDEST)
        return Page(cards, older=last if more else None, newer=None if before is None else first)
    cards = cards[::-1]
    last, first = (cards[-1].photo_id, cards[0].photo_id) if cards else (NEWEST, "")
    return Page(cards, older=last, newer=first if more else None)
