"""Authorize each action. No other module does that.

Everyone reads. Contributors upload and change their own photos: everyone who logged in with the
upload password, or everyone if there is none. The owners of albums review the photos that wait
there. The admin, who logged in with the admin password, changes all photos.
"""

from contextlib import suppress

from flask import Flask

from app.domain import moderation
from app.domain.albums.album import Album, AlbumContributors
from app.domain.albums.memberships import Membership
from app.domain.errors import AlbumNotFound, PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.web.auth import contributor_cookie, passwords, sessions
from app.web.context import album_service, app_context


class AccessError(Exception):
    """The visitor may not do that."""


class LoginRequired(AccessError):
    """The visitor must log in first."""


class AdminDisabled(AccessError):
    """The site has no admin password."""


class NotOwner(AccessError):
    """The photo belongs to another contributor."""


class NotAlbumOwner(AccessError):
    """The album belongs to another contributor, or only its owner adds photos to it."""


class NotReviewer(AccessError):
    """Only the owners of the photo's albums and the admin decide about the photo."""


class WrongPassword(AccessError):
    """The password is neither the upload password nor the admin password."""


class Access:
    """The permissions of the current visitor; templates read them as `access`."""

    @property
    def is_admin(self) -> bool:
        """Whether the visitor is the admin."""
        return _has_role(Role.ADMIN)

    @property
    def may_upload(self) -> bool:
        """Whether the visitor may upload photos."""
        is_open = app_context().config.upload_password is None
        return is_open or _has_role(Role.CONTRIBUTOR) or self.is_admin

    @property
    def needs_login(self) -> bool:
        """Whether the visitor must log in to upload."""
        return not self.may_upload

    @property
    def may_log_in(self) -> bool:
        """Whether logging in would let the visitor do more."""
        return not self.is_admin and (self.needs_login or Role.ADMIN in passwords.by_role())

    @property
    def may_manage_uploads(self) -> bool:
        """Whether the browser may have uploads of its own, and may change them."""
        return self.may_upload and contributor_cookie.is_known()

    @property
    def logged_in(self) -> bool:
        """Whether the visitor logged in with this browser."""
        return has_session()

    @property
    def may_report(self) -> bool:
        """Whether the site has an admin, who reads reports of photos."""
        return Role.ADMIN in passwords.by_role()

    def may_see(self, photo: Photo) -> bool:
        """Return whether the visitor may see `photo` wherever it is shown, in any state."""
        is_public = photo.state is PhotoState.PUBLIC
        return is_public or self.may_change(photo) or self.may_review(photo)

    def may_see_in(self, photo: Photo, album_id: str) -> bool:
        """Return whether the visitor, who may open the album, may see `photo` there."""
        is_shown = photo.state.is_in_albums and photo.membership_in(album_id) is not None
        return is_shown or self.may_see(photo)

    def may_review(self, photo: Photo) -> bool:
        """Return whether `photo` waits for review and the visitor may decide about it."""
        return photo.state is PhotoState.PENDING and self.is_reviewer_of(photo)

    def is_reviewer_of(self, photo: Photo) -> bool:
        """Return whether the visitor is the admin or owns an album of `photo`.

        One read for each album, and none for a browser that never uploaded.
        """
        if self.is_admin:
            return True
        return self.may_manage_uploads and any(map(_owns, photo.albums))

    def may_change(self, photo: Photo) -> bool:
        """Return whether the visitor may edit, hide and delete `photo`."""
        return self.is_admin or (self.may_upload and contributor_cookie.owns(photo))

    def may_change_album(self, album: Album) -> bool:
        """Return whether the visitor may edit and delete `album`, and remove photos from it."""
        return self.is_admin or (self.may_upload and contributor_cookie.owns(album))

    def may_add_to_album(self, album: Album) -> bool:
        """Return whether the visitor may add photos to `album`."""
        is_open = album.contributors is AlbumContributors.EVERYONE
        return self.may_change_album(album) or (is_open and self.may_upload)

    def may_unhide(self, photo: Photo) -> bool:
        """Return whether the visitor may unhide `photo`; its owner may not if the admin hid it."""
        return self.may_change(photo) and moderation.may_unhide(photo, current_role())

    def may_restore_or_purge(self, photo: Photo) -> bool:
        """Return whether the visitor may restore `photo` or delete it permanently.

        Its owner may not if the admin deleted it, or a reviewer.
        """
        return self.may_change(photo) and moderation.may_restore_or_purge(photo, current_role())


def require_upload() -> None:
    """Raise LoginRequired unless the visitor may upload photos."""
    if not Access().may_upload:
        raise LoginRequired


def require_admin() -> None:
    """Raise AdminDisabled or LoginRequired unless the visitor is the admin."""
    if Role.ADMIN not in passwords.by_role():
        raise AdminDisabled
    if not Access().is_admin:
        raise LoginRequired


def require_see(photo: Photo) -> None:
    """Raise PhotoNotFound unless the visitor may see `photo`: others must not learn of it."""
    if not Access().may_see(photo):
        raise PhotoNotFound(photo.photo_id)


def require_see_in(photo: Photo, album_id: str) -> None:
    """Raise PhotoNotFound unless the visitor, who may open the album, may see `photo` there."""
    if not Access().may_see_in(photo, album_id):
        raise PhotoNotFound(photo.photo_id)


def require_change(photo: Photo) -> None:
    """Raise PhotoNotFound or NotOwner unless the visitor may see and change `photo`."""
    require_see(photo)
    if not Access().may_change(photo):
        raise NotOwner


def require_change_album(album: Album) -> None:
    """Raise LoginRequired or NotAlbumOwner unless the visitor may change `album`."""
    if not Access().may_change_album(album):
        require_upload()
        raise NotAlbumOwner


def require_add_to_album(album: Album) -> None:
    """Raise LoginRequired or NotAlbumOwner unless the visitor may add photos to `album`."""
    if not Access().may_add_to_album(album):
        require_upload()
        raise NotAlbumOwner


def require_unhide(photo: Photo) -> None:
    """Raise PhotoNotFound, NotOwner or HiddenByAdmin unless the visitor may unhide `photo`."""
    require_change(photo)
    moderation.require_unhide(photo, current_role())


def require_restore_or_purge(photo: Photo) -> None:
    """Raise an error unless the visitor may restore `photo` or delete it permanently.

    The error is PhotoNotFound, NotOwner, DeletedByAdmin or DeletedByReviewer.
    """
    require_change(photo)
    moderation.require_restore_or_purge(photo, current_role())


def current_role() -> Role:
    """Return the role in which the visitor undoes what others did."""
    return Role.ADMIN if Access().is_admin else Role.CONTRIBUTOR


def role_for(photo: Photo) -> Role:
    """Return the role in which the visitor changes `photo`: an admin who owns it is contributor."""
    return Role.CONTRIBUTOR if contributor_cookie.owns(photo) else Role.ADMIN


def log_in(password: str) -> None:
    """Start a session with the role that the password permits.

    Raises:
        WrongPassword: No role has this password.
        RateLimitExceeded: Too many wrong passwords came from the visitor's address.
    """
    role = passwords.checked_role(password)
    if role is None:
        raise WrongPassword
    sessions.start_session(role.value, passwords.fingerprint_of(role))


def log_out() -> None:
    """Revoke the browser's session; the contributor cookie stays, and with it the own photos."""
    sessions.revoke_session()


def has_session() -> bool:
    """Return whether the visitor logged in with this browser."""
    return any(_is_logged_in_as(role) for role in Role)


def has_bearer_token() -> bool:
    """Return whether `Authorization: Bearer` has a valid password; no HTML form can send that."""
    return passwords.bearer_role() is not None


def init_app(app: Flask) -> None:
    """Add `access` to the template context."""
    app.context_processor(lambda: {"access": Access()})


def _owns(membership: Membership) -> bool:
    """Return whether the visitor owns the album of a membership."""
    with suppress(AlbumNotFound):
        return contributor_cookie.owns(album_service().get(membership.album_id))
    return False


def _has_role(role: Role) -> bool:
    return _is_logged_in_as(role) or passwords.bearer_role() is role


def _is_logged_in_as(role: Role) -> bool:
    has_password = role in passwords.by_role()
    return has_password and sessions.is_valid(role.value, passwords.fingerprint_of(role))
