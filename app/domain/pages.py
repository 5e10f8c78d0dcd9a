"""How summaries that were read from a cursor on become a page."""

from collections.abc import Sequence

from app.domain.photo import Page, PhotoSummary

# Cursors of the two ends: every photo is after the one and before the other.
OLDEST = "0" * 26
NEWEST = "7" + "Z" * 25


def build_page(
    found: Sequence[PhotoSummary], limit: int, before: str | None, after: str | None
) -> Page:
    """The page for summaries read from the cursor on: newest first, but oldest first for `after`.

    `found` has one summary more than `limit` where there is more. A page with nothing on it points back to all there
    is on the cursor's side, the cursor's own photo included.
    """
    summaries = tuple(found[:limit])
    more = len(found) > limit
    if before is not None or after is None:
        last, first = (summaries[-1].photo_id, summaries[0].photo_id) if summaries else ("", OLDEST)
        return Page(
            summaries, older=last if more else None, newer=None if before is None else first
        )
    summaries = summaries[::-1]
    last, first = (summaries[-1].photo_id, summaries[0].photo_id) if summaries else (NEWEST, "")
    return Page(summaries, older=last, newer=first if more else None)
