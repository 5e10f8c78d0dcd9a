"""Find the photos of a download: the photos of a listing or of a batch, or chosen photos."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from flask import abort, request, url_for

from app.domain import object_keys, photo_ids
from app.domain.batches import Batch
from app.domain.errors import InvalidText
from app.domain.messages import plural_message
from app.domain.pages import RecordPage
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.downloads.download_service import PhotoPart, read_part
from app.web.auth import access, contributor_cookie, guest_access
from app.web.context import download_service, photo_service
from app.web.listings.album_source import AlbumSource
from app.web.listings.archive_listings import GalleryByDate
from app.web.listings.batch_pages import batch_of
from app.web.listings.newest_listings import GALLERY
from app.web.listings.source_listing import PARAMETER, named_listing
from app.web.rendering.i18n import gettext as _

MAX_CHOSEN = 100  # photos: one BatchGetItem, and a URL of 3.3 kB
_OWN = ("uploads", "batch")
_WHOLE_SITE = (None, GalleryByDate.value)

_TOO_MANY = plural_message(
    "%(count)s photo is too many at once (limit %(most)s).",
    "%(count)s photos are too many at once (limit %(most)s).",
)


class PhotoSource(Protocol):
    """Photos to download. A `SourceListing` is one."""

    @property
    def title(self) -> str:
        """The name of the download."""

    def is_cursor(self, text: str) -> bool:
        """Return whether the text may be a cursor of `photos`."""

    def photos(self, before: str | None) -> PhotoPart:
        """Return the records of the first photos, or of the photos after a cursor."""

    def url(self, **parameters: Any) -> str:
        """Return the path of the page that shows the photos."""


@dataclass(frozen=True, slots=True)
class BatchPhotos:
    """The photos that the visitor uploaded together."""

    batch: Batch
    owner: str
    is_cursor = staticmethod(photo_ids.is_photo_id)

    @property
    def title(self) -> str:
        """The name of the page."""
        return _("Photos you added")

    def photos(self, before: str | None) -> PhotoPart:
        """Read the ids, then the records."""
        listing = object_keys.owner_listing(self.owner)

        def read(limit: int, cursor: str | None) -> RecordPage:
            return photo_service().batch_page(self.batch, listing, limit, before=cursor)

        return read_part(read, before)

    def url(self, **parameters: Any) -> str:
        """Return the path of the batch's page."""
        return url_for("my_uploads.index", batch=self.batch.name, **parameters)


@dataclass(frozen=True, slots=True)
class ChosenPhotos:
    """Photos by their ids."""

    ids: tuple[str, ...]
    is_cursor = staticmethod(photo_ids.is_photo_id)

    @property
    def title(self) -> str:
        """The name of the download."""
        return _("Selected photos")

    def photos(self, before: str | None) -> PhotoPart:  # noqa: ARG002  there is one part
        """Read the records."""
        return download_service().chosen(self.ids)

    def url(self, **parameters: Any) -> str:
        """Return the path of the gallery."""
        return url_for("gallery.index", **parameters)


def requested_source() -> PhotoSource:
    """Return the photos that the URL asks for. The access is that of the page that shows them.

    Raises:
        NotFound: There is no such listing.
        InvalidText: Too many photos are chosen.
        LoginRequired, AdminDisabled: The page needs a login.
        PhotoNotFound: The batch does not exist.
    """
    chosen = request.args.getlist("photo")
    if chosen:
        return ChosenPhotos(_checked_ids(chosen))
    value = request.args.get(PARAMETER)
    if value in _WHOLE_SITE:  # the download that costs most
        access.require_admin()
        return GALLERY
    kind, _colon, name = value.partition(":")
    if kind in _OWN:
        guest_access.require_own_uploads()
    source = _own_batch(name) if kind == "batch" else named_listing(value)
    return source or abort(404)


def visible_part(source: PhotoSource, before: str | None) -> PhotoPart:
    """Read the photos of a source that the visitor may see, without those in the trash.

    Everyone who may open an album sees its unlisted and private photos there. Pending photos are
    only in downloads of their contributors and the admin. Hosts do not get them, because that would
    take a read of the albums of each photo.
    """
    part = source.photos(before)
    album_id = source.album.album_id if isinstance(source, AlbumSource) else ""
    kept = [photo for photo in part.photos if _is_downloaded(photo, album_id)]
    return replace(part, photos=tuple(kept))


def _is_downloaded(photo: Photo, album_id: str) -> bool:
    visitor = access.Access()
    match photo.state:
        case PhotoState.TRASHED:
            return False
        case PhotoState.PENDING:
            return visitor.may_change(photo)
        case PhotoState.PRIVATE if album_id:  # everyone who may open the album sees it
            return photo.membership_in(album_id) is not None
    return visitor.may_see_in(photo, album_id)


def _checked_ids(chosen: list[str]) -> tuple[str, ...]:
    if len(chosen) > MAX_CHOSEN:
        raise InvalidText("photo", _TOO_MANY.with_values(count=len(chosen), most=MAX_CHOSEN))
    return tuple(filter(photo_ids.is_photo_id, chosen))


def _own_batch(name: str) -> BatchPhotos | None:
    owner = contributor_cookie.current_owner()
    return BatchPhotos(batch_of(name), owner) if owner else None
