"""The listing from which a photo was opened: the parameter `in` of the URL.

`in=tag:lake` is a tag, `in=search:lake house` a search, and `in=uploads` the visitor's own photos.
Without the parameter, or with one that names nothing that the visitor may see, it is the gallery.
"""

from dataclasses import dataclass
from typing import Any, Protocol, Self

from flask import request, url_for

from app.domain import object_keys
from app.domain.pages import Page
from app.domain.photo import Photo
from app.domain.photo_ids import MIN_ID
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.domain.search_terms import SearchQuery
from app.domain.tags import MAX_TAG, normalize_tag
from app.domain.unicode_text import normalize_text
from app.web.auth import access, contributor_cookie
from app.web.context import photo_service
from app.web.rendering.i18n import gettext as _

PARAMETER = "in"
MAX_QUERY = 200  # characters of a search; the rest is ignored
MAX_VALUE = len("search:") + MAX_QUERY
_MAX_AGE = 1.0  # seconds; see `Catalog.page`


class SourceListing(Protocol):
    """A listing between whose photos a visitor moves."""

    @property
    def value(self) -> str | None:
        """The value of the parameter `in`."""

    @property
    def title(self) -> str:
        """The text of a link to the listing."""

    def contains(self, photo: Photo) -> bool:
        """Return whether the listing has the photo."""

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Return a page with one photo, next to the cursor: see `Catalog.page`."""

    def url(self, **parameters: Any) -> str:
        """Return the path of the listing's own page."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """Every public photo."""

    value = None

    @property
    def title(self) -> str:
        """The name of the gallery."""
        return _("Photos")

    def contains(self, photo: Photo) -> bool:
        """Return True: a hidden photo has neighbors in the gallery too."""
        return photo.state is not PhotoState.TRASHED

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the public listing."""
        return _read(object_keys.PUBLIC_LISTING, before, after)

    def url(self, **parameters: Any) -> str:
        """Return the path of the gallery."""
        return url_for("gallery.index", **parameters)


@dataclass(frozen=True, slots=True)
class TagListing:
    """The public photos with a tag."""

    title: str

    @classmethod
    def of(cls, tag: str) -> Self | None:
        """Return the listing, or None if there can be no such tag."""
        normalized = normalize_tag(tag)
        return cls(normalized) if 0 < len(normalized) <= MAX_TAG else None

    @property
    def value(self) -> str:
        """The value of the parameter `in`."""
        return f"tag:{self.title}"

    def contains(self, photo: Photo) -> bool:
        """Return whether the photo counts as one with the tag."""
        return self.title in photo.counted_tags

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the listing of the tag."""
        return _read(object_keys.tag_listing(self.title), before, after)

    def url(self, **parameters: Any) -> str:
        """Return the path of the tag."""
        return url_for("tags.show", tag=self.title, **parameters)


@dataclass(frozen=True, slots=True)
class SearchListing:
    """The photos that a search finds."""

    text: str
    query: SearchQuery

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Return the listing, or None if the text has no word to search for."""
        normalized = normalize_text(text[:MAX_QUERY])
        query = SearchQuery.of(normalized)
        return cls(normalized, query) if query.terms else None

    @property
    def value(self) -> str:
        """The value of the parameter `in`."""
        return f"search:{self.text}"

    @property
    def title(self) -> str:
        """The words of the search."""
        return f"“{self.text.strip()}”"

    def contains(self, photo: Photo) -> bool:
        """Return whether the search finds the photo."""
        return photo.matches(self.query)

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Search. The page is empty if the search reached its limit before it found a photo."""
        return photo_service().search(self.query, 1, before=before, after=after).page

    def url(self, **parameters: Any) -> str:
        """Return the path of the results."""
        return url_for("search.index", q=self.text, **parameters)


@dataclass(frozen=True, slots=True)
class OwnUploads:
    """The public and hidden photos that were uploaded from this browser."""

    owner: str
    value = "uploads"

    @classmethod
    def of_visitor(cls) -> Self | None:
        """Return the visitor's uploads, or None if the visitor cannot have any."""
        owner = contributor_cookie.current_owner() if access.Access().may_upload else None
        return cls(owner) if owner else None

    @property
    def title(self) -> str:
        """The name of the page."""
        return _("Your uploads")

    def contains(self, photo: Photo) -> bool:
        """Return whether the visitor uploaded the photo."""
        return contributor_cookie.owns(photo) and photo.state is not PhotoState.TRASHED

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the listing of the owner."""
        return _read(object_keys.owner_listing(self.owner), before, after)

    def url(self, **parameters: Any) -> str:
        """Return the path of the page."""
        return url_for("my_uploads.index", **parameters)


GALLERY = Gallery()


def source_listing() -> SourceListing:
    """Return the listing that the URL names."""
    value = request.args.get(PARAMETER, "")
    if len(value) > MAX_VALUE:
        return GALLERY
    match value.partition(":"):
        case ("tag", _, tag):
            return TagListing.of(tag) or GALLERY
        case ("search", _, text):
            return SearchListing.of(text) or GALLERY
        case ("uploads", "", ""):
            return OwnUploads.of_visitor() or GALLERY
    return GALLERY


def source_listing_of(photo: Photo) -> SourceListing:
    """Return the listing that the URL names if it has the photo, otherwise the gallery."""
    listing = source_listing()
    return listing if listing.contains(photo) else GALLERY


@dataclass(frozen=True, slots=True)
class PlaceInListing:
    """A photo's neighbors in a listing, and the address of the page that shows it there."""

    listing: SourceListing
    newer: PhotoSummary | None
    older: PhotoSummary | None
    url: str

    @property
    def slideshow_url(self) -> str:
        """The path of a slideshow of the listing that starts at the photo."""
        parameters: dict[str, Any] = {PARAMETER: self.listing.value}
        before = self.newer.photo_id if self.newer else None
        return url_for("slideshow.show", before=before, **parameters)

    @classmethod
    def of(cls, photo_id: str, listing: SourceListing) -> Self:
        """Read the neighbors: two pages of the listing, with one photo each.

        The page ends with the photo. If it would have too few photos, the visitor is redirected to
        the first page, and browsers keep the fragment.
        """
        newer = next(iter(listing.read(after=photo_id).summaries), None)
        older = next(iter(listing.read(before=photo_id).summaries), None)
        after = (older.photo_id if older else MIN_ID) if newer else None
        return cls(listing, newer, older, f"{listing.url(after=after)}#{photo_id}")


def _read(listing: str, before: str | None, after: str | None) -> Page:
    return photo_service().page(listing, 1, before=before, after=after, max_age=_MAX_AGE)
