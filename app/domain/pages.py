"""How cards that were read from a cursor on become a page."""

from collections.abc import Sequence

from app.domain.photo import Card, Page

# Cursors of the two ends: every photo is after the one and before the other.
OLDEST = "0" * 26
NEWEST = "7" + "Z" * 25


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
