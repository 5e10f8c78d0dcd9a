"""The listing whose photos a visitor selects: the parameter `in`.

Its values are those of `source_listing`, and `batch:<name>` and `deleted` for a contributor,
`hidden`, `trash` and `contributor:<owner>` for the admin. Visitors who may not see a listing get
the answer of the listing's own page.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for

from app.domain import object_keys
from app.domain.albums.album import AlbumOrder
from app.domain.pages import Page
from app.web.auth import access, contributor_cookie, guest_access
from app.web.listings.album_source import AlbumSource
from app.web.listings.archive_listings import GalleryByDate, PeriodListing
from app.web.listings.batch_pages import batch_of, read_batch
from app.web.listings.newest_listings import GALLERY, OwnUploads
from app.web.listings.source_listing import PARAMETER, SourceListing, named_listing
from app.web.pagination import cursor_parameters, cursors, read_page
from app.web.rendering.i18n import gettext as _
from app.web.rendering.i18n import pgettext

_OWNER = re.compile("[0-9a-f]{32}")
_OF_CONTRIBUTORS = ("uploads", "deleted", "batch")
_OF_THE_ADMIN = ("hidden", "trash", "contributor")


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectableListing:
    """A listing whose photos can be selected.

    Attributes:
        value: The value of the parameter `in`, None for the gallery.
        title: The name of the listing.
        read: Returns the page that the URL asks for.
        url: Returns the path of the listing's own page. Takes cursors.
        neighbors: The value of `in` for links to photos.
        is_by_date: Whether the photos are in the order of their dates, None if in another order
            than that of days.
        has_boxes: Whether the listing's own page has the check boxes.
        is_changeable: Whether the visitor may change every photo of it.
        is_trash: Whether its photos are in the trash.
    """

    value: str | None
    title: str
    read: Callable[[], Page]
    url: Callable[..., str]
    neighbors: str | None = None
    is_by_date: bool | None = False
    has_boxes: bool = False
    is_changeable: bool = True
    is_trash: bool = False

    def selection_url(self, **parameters: Any) -> str:
        """Return the path of the first page with check boxes."""
        if self.has_boxes:
            return self.url(**parameters)
        return url_for("selection.show", **{PARAMETER: self.value} | parameters)

    def page_url(self, **parameters: Any) -> str:
        """Return the path of the page with check boxes that the URL asks for."""
        return self.selection_url(**cursor_parameters() | parameters)

    def action_url(self, verb: str = "") -> str:
        """Return the path to which a form of that page is sent, for its first button by default."""
        first = "restore" if self.is_trash else "entered"
        position: dict[str, Any] = {PARAMETER: self.value} | cursor_parameters()
        return url_for("selection.run", verb=verb or first, **position)

    def own_url(self) -> str:
        """Return the path of that page of the listing without check boxes."""
        return self.url(**cursor_parameters())


def requested_listing() -> SelectableListing:
    """Return the listing that the URL names, or the gallery.

    Raises:
        LoginRequired, AdminDisabled: The visitor may not see the listing.
        PhotoNotFound: There is no such batch.
        NotFound: There is no such listing.
    """
    value = request.args.get(PARAMETER, "")
    kind, _colon, name = value.partition(":")
    if kind in _OF_CONTRIBUTORS:
        guest_access.require_own_uploads()
        return _of_contributor(kind, name) or abort(404)
    if kind in _OF_THE_ADMIN:
        access.require_admin()
        return _of_admin(kind, name) or abort(404)
    source = named_listing(value) if value else GALLERY
    return _public(source) if source else abort(404)


def own_uploads() -> SelectableListing:
    """Return the visitor's public and hidden photos."""
    return SelectableListing(
        value=OwnUploads.value,
        title=_("Your uploads"),
        read=_reader(object_keys.owner_listing),
        url=_url_of("my_uploads.index"),
        neighbors=OwnUploads.value,
        has_boxes=True,
    )


def own_trash() -> SelectableListing:
    """Return the visitor's photos in the trash."""
    return SelectableListing(
        value="deleted",
        title=_("Recently deleted"),
        read=_reader(object_keys.owner_trash_listing),
        url=_url_of("my_uploads.deleted"),
        neighbors=OwnUploads.value,
        has_boxes=True,
        is_trash=True,
    )


def own_batch(name: str) -> SelectableListing:
    """Return the visitor's photos of one batch. Raises PhotoNotFound if it is no batch."""
    batch = batch_of(name)

    def read() -> Page:
        owner = contributor_cookie.current_owner()
        return read_batch(batch, owner, cursors()[0]) if owner else Page((), None, None)

    return SelectableListing(
        value=f"batch:{name}",
        title=_("Photos you added"),
        read=read,
        url=_url_of("my_uploads.index", batch=name),
        neighbors=OwnUploads.value,
        is_by_date=None,
        has_boxes=True,
    )


def _of_contributor(kind: str, name: str) -> SelectableListing | None:
    if kind == "batch":
        return own_batch(name)
    if name:
        return None
    return own_uploads() if kind == "uploads" else own_trash()


def _of_admin(kind: str, name: str) -> SelectableListing | None:
    if kind == "contributor":
        return _of_one_contributor(name) if _OWNER.fullmatch(name) else None
    if name:
        return None
    if kind == "hidden":
        return SelectableListing(
            value=kind,
            title=pgettext("photos", "Hidden"),
            read=lambda: read_page(object_keys.HIDDEN_LISTING),
            url=_url_of("admin.hidden"),
        )
    return SelectableListing(
        value=kind,
        title=pgettext("photos", "Deleted"),
        read=lambda: _read_trash(object_keys.TRASH_LISTING),
        url=_url_of("admin.deleted"),
        is_trash=True,
    )


def _of_one_contributor(owner: str) -> SelectableListing:
    return SelectableListing(
        value=f"contributor:{owner}",
        title=_("Photos of one contributor"),
        read=lambda: read_page(object_keys.owner_listing(owner)),
        url=_url_of("contributors.show", owner=owner),
    )


def _public(source: SourceListing) -> SelectableListing:
    """Return a listing that everyone sees."""
    return SelectableListing(
        value=source.value,
        title=source.title,
        read=source.page,
        url=_album_url(source) if isinstance(source, AlbumSource) else source.url,
        neighbors=source.value,
        is_by_date=_is_by_date(source),
        is_changeable=access.Access().is_admin,
    )


def _is_by_date(source: SourceListing) -> bool | None:
    if isinstance(source, AlbumSource):
        return True if source.album.order is AlbumOrder.TAKEN else None
    return isinstance(source, GalleryByDate | PeriodListing)


def _album_url(source: AlbumSource) -> Callable[..., str]:
    """Return a function like `url`. The cursors of an album's own page are the other way round."""
    return lambda before=None, after=None: source.url(before=after, after=before)


def _url_of(endpoint: str, **values: str) -> Callable[..., str]:
    return lambda **parameters: url_for(endpoint, **values | parameters)


def _reader(listing_of: Callable[[str], str]) -> Callable[[], Page]:
    """Return a function that reads a page of one of the visitor's own listings."""

    def read() -> Page:
        owner = contributor_cookie.current_owner()
        return _read_trash(listing_of(owner)) if owner else Page((), None, None)

    return read


def _read_trash(listing: str) -> Page:
    """Read a page without the photos that the trash may delete at any moment."""
    return read_page(listing).without_expired(time.time())
