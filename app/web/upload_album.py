"""Add the photos of an upload to an album, as its contributor or as its guest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request, url_for

from app.domain.albums.album import Album, album_listing
from app.domain.albums.guests import GuestAccess
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
from app.web.auth import access, album_access, guest_access, guest_cookie
from app.web.auth.principals import principal
from app.web.context import album_links, album_service, guest_links
from app.web.errors import log_server_error, user_message
from app.web.operations import admin_log
from app.web.rendering.i18n import gettext as _
from app.web.rendering.photo_urls import photo_path
from app.web.uploads import FormResult, SkippedFile


@dataclass(frozen=True, slots=True)
class UploadTarget:
    """Where the photos of an upload go.

    Attributes:
        album: The album that has them from the beginning, if any.
        guest_code: The guest link by which they come. Empty without one.
    """

    album: Album | None = None
    guest_code: str = ""

    @property
    def asks_for_name(self) -> bool:
        """Whether the form has a field for the name of the contributor."""
        return not (self.guest_code and self.album and not self.album.guest_name)

    @property
    def awaits_review(self) -> bool:
        """Whether the photos wait for review. Those of the host do, if they come by the link."""
        if self.album is None or not self.album.is_reviewed:
            return False
        return bool(self.guest_code) or not access.Access().may_change_album(self.album)

    @property
    def next_path(self) -> str | None:
        """The page that a guest sees after the upload, None for others.

        Photos that wait for review are not in the album yet.
        """
        if not self.guest_code or self.album is None:
            return None
        if self.album.guest_access is GuestAccess.SEE and not self.album.guest_review:
            return url_for("albums.show", album_id=self.album.album_id)
        return url_for("guests.thanks", code=self.guest_code)

    @property
    def listing(self) -> str | None:
        """Where strangers see unlisted photos of the upload, None if the visitor must not know.

        Guests who see only their own photos get no address of the album.
        """
        album = self.album
        if album is None or (self.guest_code and album.guest_access is not GuestAccess.SEE):
            return None
        return album_listing(album.album_id)

    def path_of(self, photo: Photo) -> str:
        """Return the path of a photo of the upload. An unlisted one is shown in its album.

        A browser that blocks cookies would not see it elsewhere.
        """
        is_unlisted = photo.state is PhotoState.UNLISTED
        return photo_path(photo.photo_id, self.listing if is_unlisted else None)

    def of_upload(self, upload: UploadRequest) -> UploadRequest:
        """Return the upload of a file, with this target.

        The photos of an unlisted album are unlisted, and those of others than the host wait for
        review if the host wants that. They are so from the beginning.
        """
        album = self.album
        if album is None:
            return upload
        by_guest = bool(self.guest_code)
        membership = album_service().new_membership(album, by_guest=by_guest)
        return replace(
            upload,
            albums=(membership,),
            unlisted=not album.is_public,
            awaiting_review=self.awaits_review,
            guest_limit=album.guest_limit if by_guest else None,
        )


def preset_target() -> UploadTarget:
    """Return the album in the URL, or that of the access token.

    Raises AlbumNotFound, NotAlbumOwner and AlbumClosed.
    """
    album_id = request.args.get("album") or principal.album_limit()
    return _target_in(album_service().get(album_id)) if album_id else UploadTarget()


def guest_target() -> UploadTarget | None:
    """Return the album of the guest link in the URL, None without one.

    Raises NotGuest, GuestLinkNotFound and GuestLinkEnded.
    """
    if not guest_cookie.is_sent():
        return None
    guest_access.require_upload_here()
    code = guest_cookie.sent_code()
    return UploadTarget(guest_links().album_of(code), code)


def sent_target(field: str | None) -> UploadTarget:
    """Return the album of a form.

    The field names it, or the URL: scripts send to the address of the form. An access token may be
    for one album, which is then that of every upload. Photos for an unlisted album must not become
    public because it does not exist.

    Raises NotAlbumOwner, AlbumClosed, and AlbumNotFound.
    """
    album_id = field or request.args.get("album") or principal.album_limit()
    return _target_in(album_service().get(album_id)) if album_id else UploadTarget()


def _target_in(album: Album) -> UploadTarget:
    """Return the album as the target. A guest adds to it by the guest link, in whatever form."""
    access.require_add_to_album(album)
    album_access.require_takes_photos(album)
    return UploadTarget(album, guest_access.code_for(album))


def add_skipped(target: UploadTarget, result: FormResult) -> None:
    """Add the photos that were here already to the album, as far as the visitor may change them.

    Those of guests are in the album already, and those that wait for review, too.
    """
    if target.album and not (target.guest_code or target.awaits_review):
        membership = album_service().new_membership(target.album)
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


def finish(target: UploadTarget, published: Sequence[UploadResult]) -> None:
    """Make the first photo of the form the cover, if the album has none.

    The photos follow the link of an unlisted album that has ended, or that was deleted, during the
    upload.
    """
    if target.album is None:
        return
    admin_log.note_album(target.album.album_id)
    if not published:
        return
    album_service().ensure_cover(target.album, published[0].photo.photo_id)
    if not target.album.is_public:
        album_links().follow(target.album, [result.photo for result in published])
