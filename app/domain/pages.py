"""Pages of a listing and of a search, each built from the summaries next to a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.photo import PhotoSummary
from app.domain.photo_ids import MAX_ID, MIN_ID


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, newest first.

    A cursor is a photo id, or None if there is no page in that direction.
    """

    summaries: tuple[PhotoSummary, ...]
    older: str | None  # the next page has the photos before this id
    newer: str | None  # the previous page has the photos after this id

    def without_expired(self, now: float) -> "Page":
        """Return the page without the photos that expired by `now`, in seconds since 1970."""
        kept = tuple(
            summary
            for summary in self.summaries
            if summary.expires_at is None or summary.expires_at > now
        )
        return replace(self, summaries=kept)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of matches.

    A search that stopped at its limit gives a partial page: the matches up to a position.
    """

    page: Page
    stopped_at: str | None = None  # the position of a partial page, which its cursor continues from


def build_page(
    found: Sequence[PhotoSummary], limit: int, before: str | None, after: str | None
) -> Page:
    """Return the page of the summaries that follow a cursor.

    Args:
        found: The summaries next to the cursor, nearest first: newest first, or oldest first when
            the read was for `after`. It has one summary more than `limit` where there are more.
        limit: The most summaries of the page.
        before: The cursor of a page of older photos.
        after: The cursor of a page of newer photos. `before` takes precedence.

    Returns:
        The page, newest first. An empty page leads back to everything on the cursor's side, the
        cursor's own photo included.
    """
    summaries = tuple(found[:limit])
    has_more = len(found) > limit
    if before is None and after is not None:
        return _page_of_newer(summaries[::-1], has_more=has_more)
    return _page_of_older(summaries, has_more=has_more, is_first=before is None)


def build_partial_page(
    page: Page, position: str | None, before: str | None, after: str | None
) -> SearchPage:
    """Return the page of a search that stopped, with cursors at the position where it stopped.

    Args:
        page: The page of the matches up to the position.
        position: The id of a photo. Only photos beyond it may be further matches.
        before: As in `build_page`.
        after: As in `build_page`.
    """
    if before is None and after is not None:
        older = page.older if page.summaries else position
        return SearchPage(replace(page, newer=position, older=older), position)
    has_newer_photos = page.summaries or not page.newer
    newer = page.newer if has_newer_photos else position
    return SearchPage(replace(page, older=position, newer=newer), position)


def _page_of_newer(summaries: tuple[PhotoSummary, ...], *, has_more: bool) -> Page:
    if not summaries:
        return Page(summaries, older=MAX_ID, newer=None)
    newest = summaries[0].photo_id
    oldest = summaries[-1].photo_id
    return Page(summaries, older=oldest, newer=newest if has_more else None)


def _page_of_older(summaries: tuple[PhotoSummary, ...], *, has_more: bool, is_first: bool) -> Page:
    if not summaries:
        return Page(summaries, older=None, newer=None if is_first else MIN_ID)
    newest = summaries[0].photo_id
    oldest = summaries[-1].photo_id
    return Page(
        summaries,
        older=oldest if has_more else None,
        newer=None if is_first else newest,
    )
