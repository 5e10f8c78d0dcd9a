"""Add the photos of an upload to an album."""

from collections.abc import Sequence
from dataclasses import replace

from flask import request

from app.domain.albums.album import Album, album_listing
from app.domain.albums.memberships import Membership
from app.domain.errors import (
    AlbumNotFound,
    Busy,
    EditConflict,
    InvalidText,
    PhotoNotFound,
    StorageError,
)
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.upload import UploadRequest, UploadResult
from app.web.auth import access
from app.web.context import album_service
from app.web.errors import log_server_error, user_message
from app.web.rendering.i18n import gettext as _
from app.web.rendering.photo_urls import photo_path
from app.web.uploads import FormResult, SkippedFile


def preset_album() -> Album | None:
    """Return the album in the URL, None without one. Raises AlbumNotFound and NotAlbumOwner."""
    album_id = request.args.get("album")
    if not album_id:
        return None
    album = album_service().get(album_id)
    access.require_add_to_album(album)
    return album


def sent_album(album_id: str | None) -> Album | None:
    """Return the album of a form. None if it was deleted: its photos are published without it.

    Raises NotAlbumOwner.
    """
    if not album_id:
        return None
    try:
        album = album_service().get(album_id)
    except AlbumNotFound:
        return None
    access.require_add_to_album(album)
    return album


def place_in(request: UploadRequest, album: Album | None) -> UploadRequest:
    """Return the upload as one into an album. The photos of an unlisted album are unlisted."""
    if album is None:
        return request
    membership = album_service().new_membership(album)
    return replace(request, albums=(membership,), unlisted=not album.is_public)


def add_skipped(album: Album | None, result: FormResult) -> None:
    """Add the photos that were here already to the album, as far as the visitor may change them."""
    if album:
        membership = album_service().new_membership(album)
        result.skipped[:] = [_add(file, membership) for file in result.skipped]


def _add(file: SkippedFile, membership: Membership) -> SkippedFile:
    if not access.Access().may_change(file.photo):
        note = _("It belongs to someone else, so it wasn’t added to the album.")
        return replace(file, album_note=note)
    try:
        album_service().add(membership.album_id, file.photo.photo_id, membership)
    except (InvalidText, PhotoNotFound, AlbumNotFound, EditConflict, Busy, StorageError) as error:
        log_server_error(error)
        return replace(file, album_note=user_message(error))
    return replace(file, album_note=_("It is in the album now."))


def ensure_cover(album: Album | None, published: Sequence[UploadResult]) -> None:
    """Make the first photo of the form the cover, if the album has none."""
    if album and published:
        album_service().ensure_cover(album, published[0].photo.photo_id)


def path_in_album(photo: Photo, album: Album | None) -> str:
    """Return the path of the photo of an upload. An unlisted one is shown in its album.

    A browser that blocks cookies would not see it elsewhere.
    """
    if album is None or photo.state is not PhotoState.UNLISTED:
        return photo_path(photo.photo_id)
    return photo_path(photo.photo_id, album_listing(album.album_id))
