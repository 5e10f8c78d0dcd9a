"""Port of the ordered listings, whose positions are not photo ids."""

from typing import Protocol

from app.domain.listings.entries import EVERY_POSITION, EntryKey, PositionRange
from app.domain.pages import Neighbors, Page


class OrderedListings(Protocol):
    """Reads ordered listings. The catalog writes them, with the records of the photos.

    Raises StorageUnavailable and StorageRefused as ObjectStore does.
    """

    def page(
        self,
        listing: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        within: PositionRange = EVERY_POSITION,
        max_age: float = 0.0,
    ) -> Page:
        """Return at most `limit` summaries of a listing, last position first.

        It takes one or two reads.

        Args:
            listing: The name of an ordered listing.
            limit: The size of the page.
            before: Return the last photos before this position: `older` of another page.
            after: Return the first photos after this position: `newer` of another page.
            within: The positions to read. A cursor outside of them leads to an empty page.
            max_age: More than 0 if the page may lack the changes of the last moment.
        """

    def neighbors(self, key: EntryKey, *, within: PositionRange = EVERY_POSITION) -> Neighbors:
        """Return the photos next to a position of a listing, without a rank.

        The newer photo is the one after the position. The last changes may be missing for a moment.
        """
