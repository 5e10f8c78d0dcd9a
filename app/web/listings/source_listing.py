"""The listing that the parameter `in` of the URL names, such as that from which a photo was opened.

`in=tag:lake` is a tag, `in=search:lake house` a search, `in=album:<album_id>` an album,
`in=taken:2026-11` a month of the date archive, and `in=uploads` the visitor's own photos. A photo's
page and a slideshow show the gallery without the parameter, and with one that names nothing that
the visitor may see. A download does not.
"""

from typing import Any, Protocol

from flask import request

from app.domain.pages import Neighbors, Page
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from app.services.downloads.download_service import PhotoPart
from app.web.listings.album_source import AlbumSource
from app.web.listings.archive_listings import GalleryByDate, PeriodListing, UndatedListing
from app.web.listings.newest_listings import (
    GALLERY,
    MAX_QUERY,
    OwnUploads,
    SearchListing,
    TagListing,
)

PARAMETER = "in"
MAX_VALUE = len("search:") + MAX_QUERY


class SourceListing(Protocol):
    """A listing between whose photos a visitor moves."""

    @property
    def value(self) -> str | None:
        """The value of the parameter `in`."""

    @property
    def title(self) -> str:
        """The text of a link to the listing."""

    @property
    def is_newest_first(self) -> bool:
        """Whether the photos are newest first. Otherwise they are previous and next ones."""

    def is_cursor(self, text: str) -> bool:
        """Return whether the text may be a cursor of `read`."""

    def cursor_at(self, summary: PhotoSummary) -> str | None:
        """Return the cursor at a photo, None if pages alone have the cursors."""

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Return a page with one photo, next to the cursor: see `Catalog.page`."""

    def page(self) -> Page:
        """Return the page next to the cursors of the URL. Raises PhotoNotFound for other ones."""

    def find(self, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Return a photo and its neighbors, None if the listing does not have the photo."""

    def page_ending_with(self, photo: Photo, neighbors: Neighbors) -> dict[str, Any]:
        """Return the cursor of the listing's own page that ends with a photo: see `url`."""

    def cursor_before(self, photo: Photo, neighbors: Neighbors) -> str | None:
        """Return the cursor `before` with which `read` finds the photo, None if it is the first."""

    def photos(self, before: str | None) -> PhotoPart:
        """Return the records of the first photos, or of those after a cursor."""

    def url(self, **parameters: Any) -> str:
        """Return the path of the listing's own page."""


def source_listing() -> SourceListing:
    """Return the listing that the URL names, or the gallery."""
    return named_listing(request.args.get(PARAMETER, "")) or GALLERY


def named_listing(value: str) -> SourceListing | None:
    """Return the listing with this value of the parameter, if the visitor may see it."""
    if len(value) > MAX_VALUE:
        return None
    match value.partition(":"):
        case ("tag", _, tag):
            return TagListing.of(tag)
        case ("search", _, text):
            return SearchListing.of(text)
        case ("album", _, album_id):
            return AlbumSource.of(album_id)
        case ("taken", "", ""):
            return GalleryByDate()
        case ("taken", _, period):
            return PeriodListing.of(period)
        case ("undated", "", ""):
            return UndatedListing()
        case ("uploads", "", ""):
            return OwnUploads.of_visitor()
    return None
