"""Authorize each action. Only `album_access`, `guest_access` and `review_access` do so as well.

Everyone reads. Contributors upload and change their own photos: everyone who logged in with the
upload password, or everyone if there is none. Guests, who opened the guest link of an album, add
photos by this link, and change their own ones. The owners of albums review the photos that wait
there. The admin, who logged in with the admin password, changes all photos. An access token and a
user name that a proxy sends have a role of their own.
"""

from flask import Flask

from app.domain import moderation
from app.domain.albums.album import Album, AlbumContributors
from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.web.auth import contributor_cookie, guest_cookie, sessions
from app.web.auth.access_errors import (
    AdminDisabled,
    LoginRequired,
    NotAlbumOwner,
    NotOwner,
)
from app.web.auth.album_owner import is_album_owner
from app.web.auth.principals import logins, principal, token_review
from app.web.context import app_context


class Access:
    """The permissions of the current visitor; templates read them as `access`. It has no state."""

    @property
    def is_admin(self) -> bool:
        """Whether the visitor is the admin."""
        return logins.is_admin()

    @property
    def may_upload(self) -> bool:
        """Whether the visitor may upload photos."""
        return logins.is_contributor()

    @property
    def may_have_uploads(self) -> bool:
        """Whether the browser may have uploads of its own: guests may, also without a password."""
        return self.may_upload or bool(guest_cookie.codes())

    @property
    def needs_login(self) -> bool:
        """Whether the visitor must log in to upload."""
        return not self.may_upload

    @property
    def may_log_in(self) -> bool:
        """Whether logging in would let the visitor do more."""
        return logins.may_log_in()

    @property
    def may_manage_uploads(self) -> bool:
        """Whether the browser may have uploads of its own, and may change them."""
        return self.may_have_uploads and contributor_cookie.is_known()

    @property
    def logged_in(self) -> bool:
        """Whether the visitor logged in with this browser."""
        return logins.has_session()

    @property
    def may_report(self) -> bool:
        """Whether the site has an admin, who reads reports of photos."""
        return logins.has_admin()

    @property
    def has_own_cookie(self) -> bool:
        """Whether a cookie says whose photos are the visitor's, rather than a user name."""
        return principal.current() is None

    @property
    def is_named_by_proxy(self) -> bool:
        """Whether the site expects a proxy to name its visitors."""
        return bool(app_context().config.remote_users.header)

    @property
    def user_name(self) -> str:
        """The name that the proxy gives the visitor, empty without one."""
        current = principal.current()
        return current.user_name if current else ""

    def may_see(self, photo: Photo) -> bool:
        """Return whether the visitor may see `photo`, which may have any state."""
        is_public = photo.state is PhotoState.PUBLIC
        is_for_hosts = photo.state in {PhotoState.PENDING, PhotoState.PRIVATE}
        return is_public or self.may_change(photo) or (is_for_hosts and self.is_reviewer_of(photo))

    def may_see_in(self, photo: Photo, album_id: str) -> bool:
        """Return whether the visitor, who may open the album, may see `photo` there."""
        is_shown = photo.state.has_public_objects and photo.membership_in(album_id) is not None
        return is_shown or self.may_see(photo)

    def may_review(self, photo: Photo) -> bool:
        """Return whether `photo` waits for review and the visitor may decide about it."""
        return photo.state is PhotoState.PENDING and self.is_reviewer_of(photo)

    def is_reviewer_of(self, photo: Photo) -> bool:
        """Return whether the visitor is the admin, owns an album of `photo` or has its token.

        One read for each album, and none for a browser that never uploaded.
        """
        if self.is_admin:
            return True
        if photo.membership_in(token_review.reviewed_album() or ""):
            return True
        is_host = self.may_upload and contributor_cookie.is_known()
        return is_host and any(map(is_album_owner, photo.albums))

    def may_change(self, photo: Photo) -> bool:
        """Return whether the visitor may edit, hide and delete `photo`."""
        return self.is_admin or (self.may_have_uploads and contributor_cookie.owns(photo))

    def may_change_album(self, album: Album) -> bool:
        """Return whether the visitor may edit and delete `album`, and remove photos from it."""
        return self.is_admin or (self.may_upload and contributor_cookie.owns(album))

    def may_review_album(self, album: Album) -> bool:
        """Return whether the visitor decides about the photos that wait in `album`."""
        return album.album_id == token_review.reviewed_album() or self.may_change_album(album)

    def may_add_to_album(self, album: Album) -> bool:
        """Return whether the visitor may add photos to `album`."""
        only_album = principal.album_limit()
        if only_album:
            return album.album_id == only_album
        is_open = album.contributors is AlbumContributors.EVERYONE
        return self.may_change_album(album) or (is_open and self.may_upload)

    def may_unhide(self, photo: Photo) -> bool:
        """Return whether the visitor may unhide `photo`; its owner may not if the admin hid it."""
        return self.may_change(photo) and moderation.may_unhide(photo, current_role())

    def may_restore_or_purge(self, photo: Photo) -> bool:
        """Return whether the visitor may restore `photo` or delete it permanently.

        Its owner may not if the admin deleted it, or a reviewer who is someone else.
        """
        return self.may_change(photo) and moderation.may_restore_or_purge(photo, trash_role(photo))


def require_upload() -> None:
    """Raise LoginRequired unless the visitor may upload photos."""
    if not Access().may_upload:
        raise LoginRequired


def require_admin() -> None:
    """Raise AdminDisabled or LoginRequired unless the visitor is the admin."""
    if not logins.has_admin():
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
        raise principal.not_allowed(NotAlbumOwner)


def require_review_album(album: Album) -> None:
    """Raise LoginRequired or NotAlbumOwner unless the visitor reviews the photos of `album`."""
    if not Access().may_review_album(album):
        require_change_album(album)


def require_add_to_album(album: Album) -> None:
    """Raise LoginRequired or NotAlbumOwner unless the visitor may add photos to `album`."""
    if not Access().may_add_to_album(album):
        require_upload()
        raise principal.not_allowed(NotAlbumOwner)


def require_unhide(photo: Photo) -> None:
    """Raise an error unless the visitor may change and unhide `photo`, and show it then."""
    require_change(photo)
    moderation.require_unhide(photo, current_role())
    _require_show(moderation.outside_trash(photo, hidden_by=None))


def require_restore_or_purge(photo: Photo) -> None:
    """Raise an error unless the visitor may restore `photo` or delete it permanently.

    The error is PhotoNotFound, NotOwner, DeletedByAdmin, DeletedByReviewer or LoginRequired.
    """
    require_change(photo)
    moderation.require_restore_or_purge(photo, trash_role(photo))
    _require_show(moderation.outside_trash(photo))


def current_role() -> Role:
    """Return the role in which the visitor undoes the actions of others."""
    return Role.ADMIN if Access().is_admin else Role.CONTRIBUTOR


def trash_role(photo: Photo) -> Role:
    """Return the role in which the visitor takes `photo` out of the trash, or deletes it there."""
    role = current_role()
    is_refused = role is Role.CONTRIBUTOR and photo.trashed_by is Role.REVIEWER
    return Role.REVIEWER if is_refused and Access().is_reviewer_of(photo) else role


def role_for(photo: Photo) -> Role:
    """Return the role in which the visitor changes `photo`: an admin who owns it is contributor."""
    return Role.CONTRIBUTOR if contributor_cookie.owns(photo) else Role.ADMIN


def log_out() -> None:
    """Revoke the browser's session; the contributor cookie stays, and with it the own photos."""
    sessions.revoke_session()


def init_app(app: Flask) -> None:
    """Add `access` to the template globals, so that macros have it too."""
    app.jinja_env.globals["access"] = Access()


def _require_show(photo: Photo) -> None:
    """Raise LoginRequired unless the visitor may make `photo` public: guests only their uploads."""
    is_of_guest = any(membership.by_guest for membership in photo.albums)
    if photo.state is PhotoState.PUBLIC and not is_of_guest:
        require_upload()
