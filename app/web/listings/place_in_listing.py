"""The place of a photo in the listing from which it was opened."""

from dataclasses import dataclass
from typing import Any, Self

from flask import url_for

from app.domain.pages import Neighbors, Rank
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from app.web.listings.source_listing import GALLERY, PARAMETER, SourceListing, source_listing


@dataclass(frozen=True, slots=True)
class PlaceInListing:
    """A photo, its neighbors in a listing, and the address of the page that shows it there."""

    photo: Photo
    listing: SourceListing
    newer: PhotoSummary | None
    older: PhotoSummary | None
    rank: Rank | None
    url: str

    @property
    def slideshow_url(self) -> str:
        """The path of a slideshow of the listing that starts at the photo."""
        parameters: dict[str, Any] = {PARAMETER: self.listing.value}
        before = self.listing.cursors.of(self.newer) if self.newer else None
        return url_for("slideshow.show", before=before, **parameters)

    @classmethod
    def find(cls, photo_id: str) -> Self:
        """Read a photo and its neighbors in the listing that the URL names, or in the gallery.

        Raises PhotoNotFound if the visitor may not see the photo.
        """
        listing = source_listing()
        if found := listing.find(photo_id):
            return cls._of(listing, *found)
        return cls._of(GALLERY, *GALLERY.find(photo_id))

    @classmethod
    def _of(cls, listing: SourceListing, photo: Photo, neighbors: Neighbors) -> Self:
        """Return the place.

        The page of the listing ends with the photo. If it would have too few photos, the visitor
        is redirected to the first page, and browsers keep the fragment.
        """
        cursors = listing.cursors
        oldest_before = cursors.of(neighbors.older) if neighbors.older else cursors.first
        after = oldest_before if neighbors.newer else None
        url = f"{listing.url(after=after)}#{photo.photo_id}"
        return cls(photo, listing, neighbors.newer, neighbors.older, neighbors.rank, url)
