"""The place of a photo in the listing from which it was opened."""

from dataclasses import dataclass
from typing import Any, Self

from flask import url_for

from app.domain.pages import Neighbors, Rank
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from app.web.listings.newest_listings import GALLERY
from app.web.listings.source_listing import PARAMETER, SourceListing, source_listing


@dataclass(frozen=True, slots=True)
class PlaceInListing:
    """A photo, its neighbors in a listing, and the addresses that show it there.

    Attributes:
        photo: The photo.
        listing: The listing.
        newer: The neighbor before the photo, which is newer in all listings but those of albums.
        older: The neighbor after the photo.
        rank: The number of the photo, if it is known.
        url: The path of the page of the listing that has the photo.
        slideshow_url: The path of a slideshow of the listing that starts at the photo.
    """

    photo: Photo
    listing: SourceListing
    newer: PhotoSummary | None
    older: PhotoSummary | None
    rank: Rank | None
    url: str
    slideshow_url: str

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
        page = listing.url(**listing.page_ending_with(photo, neighbors))
        return cls(
            photo,
            listing,
            neighbors.newer,
            neighbors.older,
            neighbors.rank,
            url=f"{page}#{photo.photo_id}",
            slideshow_url=_slideshow_url(listing, listing.cursor_before(photo, neighbors)),
        )


def _slideshow_url(listing: SourceListing, before: str | None) -> str:
    """Return the path of a slideshow of the listing that starts after a cursor."""
    parameters: dict[str, Any] = {PARAMETER: listing.value}
    return url_for("slideshow.show", before=before, **parameters)
