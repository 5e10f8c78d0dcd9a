"""The place of a photo in the listing from which it was opened."""

from dataclasses import dataclass
from typing import Any, Self

from flask import url_for

from app.domain.pages import Rank
from app.domain.photo_ids import MIN_ID
from app.domain.photo_summary import PhotoSummary
from app.web.listings.source_listing import PARAMETER, SourceListing


@dataclass(frozen=True, slots=True)
class PlaceInListing:
    """A photo's neighbors in a listing, and the address of the page that shows it there."""

    listing: SourceListing
    newer: PhotoSummary | None
    older: PhotoSummary | None
    rank: Rank | None
    url: str

    @property
    def slideshow_url(self) -> str:
        """The path of a slideshow of the listing that starts at the photo."""
        parameters: dict[str, Any] = {PARAMETER: self.listing.value}
        before = self.newer.photo_id if self.newer else None
        return url_for("slideshow.show", before=before, **parameters)

    @classmethod
    def of(cls, photo_id: str, listing: SourceListing) -> Self:
        """Read the neighbors.

        The page of the listing ends with the photo. If it would have too few photos, the visitor
        is redirected to the first page, and browsers keep the fragment.
        """
        found = listing.neighbors(photo_id)
        oldest_before = found.older.photo_id if found.older else MIN_ID
        after = oldest_before if found.newer else None
        url = f"{listing.url(after=after)}#{photo_id}"
        return cls(listing, found.newer, found.older, found.rank, url)
