"""Listings in the order of upload: the gallery, a tag, a search, and the visitor's own uploads."""

from dataclasses import dataclass
from typing import Any, Self

from flask import url_for

from app.domain import object_keys
from app.domain.listings.gallery_order import GalleryOrder
from app.domain.pages import Neighbors, Page
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.search_terms import SearchQuery
from app.domain.tags import MAX_TAG, normalize_tag
from app.domain.unicode_text import normalize_text
from app.services.downloads.download_service import PhotoPart
from app.web.auth import access, contributor_cookie
from app.web.auth.photo_access import get_visible
from app.web.context import download_service, photo_service
from app.web.listings.gallery_order import gallery_url
from app.web.listings.newest_first import NewestFirst
from app.web.pagination import PAGE_SIZE, cursors, read_page
from app.web.rendering.i18n import gettext as _

MAX_QUERY = 200  # characters of a search; the rest is ignored
_MAX_AGE = 1.0  # seconds; see `Catalog.page`


@dataclass(frozen=True, slots=True)
class Gallery(NewestFirst):
    """Every public photo."""

    value = None

    @property
    def title(self) -> str:
        """The name of the gallery."""
        return _("Photos")

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the public listing."""
        return _read(object_keys.PUBLIC_LISTING, before, after)

    def page(self) -> Page:
        """Read the public listing."""
        return read_page(object_keys.PUBLIC_LISTING)

    def find(self, photo_id: str) -> tuple[Photo, Neighbors]:
        """Read the photo, then its neighbors. Raises PhotoNotFound."""
        photo = get_visible(photo_id)
        return photo, self._neighbors(photo)

    def _neighbors(self, photo: Photo) -> Neighbors:
        """Return the neighbors of a photo that is public or hidden.

        Two pages with one photo each are read. Entries have summaries, so a rank would cost more.
        """
        if photo.state is PhotoState.TRASHED:
            return Neighbors(None, None)
        newer = self.read(after=photo.photo_id).summaries
        older = self.read(before=photo.photo_id).summaries
        return Neighbors.around(photo.photo_id, (*newer, *older), rank=None)

    def photos(self, before: str | None) -> PhotoPart:
        """Read the entries, which have summaries, then the records."""
        return download_service().newest(object_keys.PUBLIC_LISTING, before)

    def url(self, **parameters: Any) -> str:
        """Return the path of the gallery in the order of upload."""
        return gallery_url(GalleryOrder.ADDED, **parameters)


@dataclass(frozen=True, slots=True)
class TagListing(NewestFirst):
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

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the listing of the tag."""
        return _read(object_keys.tag_listing(self.title), before, after)

    def page(self) -> Page:
        """Read the listing of the tag."""
        return read_page(object_keys.tag_listing(self.title))

    def find(self, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Read the ids around the photo, then the records."""
        return photo_service().find_in_listing(object_keys.tag_listing(self.title), photo_id)

    def photos(self, before: str | None) -> PhotoPart:
        """Read the ids, then the records."""
        return download_service().newest(object_keys.tag_listing(self.title), before)

    def url(self, **parameters: Any) -> str:
        """Return the path of the tag."""
        return url_for("tags.show", tag=self.title, **parameters)


@dataclass(frozen=True, slots=True)
class SearchListing(NewestFirst):
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

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Search. The page is empty if the search reached its limit before it found a photo."""
        return photo_service().search(self.query, 1, before=before, after=after).page

    def page(self) -> Page:
        """Search. The page may be short, or empty, if the search reached its limit."""
        before, after = cursors()
        return photo_service().search(self.query, PAGE_SIZE, before=before, after=after).page

    def find(self, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Read the photo, then search in both directions. Raises PhotoNotFound.

        A neighbor is missing if the search reached its limit.
        """
        photo = get_visible(photo_id)
        if not photo.matches(self.query):
            return None
        return photo, photo_service().search_neighbors(self.query, photo_id)

    def photos(self, before: str | None) -> PhotoPart:
        """Search as one page does, then read the records."""
        return download_service().found(self.query, before)

    def url(self, **parameters: Any) -> str:
        """Return the path of the results."""
        return url_for("search.index", q=self.text, **parameters)


@dataclass(frozen=True, slots=True)
class OwnUploads(NewestFirst):
    """The public and hidden photos that were uploaded from this browser."""

    owner: str
    value = "uploads"

    @classmethod
    def of_visitor(cls) -> Self | None:
        """Return the visitor's uploads, or None if the visitor cannot have any."""
        owner = contributor_cookie.current_owner() if access.Access().may_have_uploads else None
        return cls(owner) if owner else None

    @property
    def title(self) -> str:
        """The name of the page."""
        return _("Your uploads")

    def read(self, *, before: str | None = None, after: str | None = None) -> Page:
        """Read the listing of the owner."""
        return _read(object_keys.owner_listing(self.owner), before, after)

    def page(self) -> Page:
        """Read the listing of the owner."""
        return read_page(object_keys.owner_listing(self.owner))

    def find(self, photo_id: str) -> tuple[Photo, Neighbors] | None:
        """Read the ids around the photo, then the records."""
        return photo_service().find_in_listing(object_keys.owner_listing(self.owner), photo_id)

    def photos(self, before: str | None) -> PhotoPart:
        """Read the ids, then the records."""
        return download_service().newest(object_keys.owner_listing(self.owner), before)

    def url(self, **parameters: Any) -> str:
        """Return the path of the page."""
        return url_for("my_uploads.index", **parameters)


GALLERY = Gallery()


def _read(listing: str, before: str | None, after: str | None) -> Page:
    return photo_service().page(listing, 1, before=before, after=after, max_age=_MAX_AGE)
