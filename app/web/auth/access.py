"""Who may do what: decided here and nowhere else.

Visitors read. Contributors (whoever gave the upload password, or anyone where none is set) add photos
and change their own. The admin (whoever gave the admin password) changes all.
"""

import hmac
from enum import StrEnum

from flask import Flask, current_app, g, request

from app.domain.photo import HiddenBy, Photo
from app.web.auth import contributor_cookie, sessions
from app.web.context import app_context


class Role(StrEnum):
    """What a password makes of a visitor."""

    CONTRIBUTOR = "contributor"
    ADMIN = "admin"


class AccessError(Exception):
    """The visitor may not do that."""


class LoginRequired(AccessError):
    """It takes a password that this visitor has not given."""


class AdminDisabled(AccessError):
    """The site has no admin password, so nobody is its admin."""


class NotOwner(AccessError):
    """It is somebody else's photo."""


class HiddenByAdmin(AccessError):
    """The admin hid the photo, and the visitor is not the admin."""


class WrongPassword(AccessError):
    """The password is none of the site's."""


class Access:
    """What this request's visitor may do, as templates ask it."""

    @property
    def is_admin(self) -> bool:
        """Whether the visitor gave the admin password."""
        return _has(Role.ADMIN)

    @property
    def may_upload(self) -> bool:
        """Whether the visitor may add photos."""
        return (
            app_context().config.upload_password is None or _has(Role.CONTRIBUTOR) or self.is_admin
        )

    @property
    def needs_login(self) -> bool:
        """Whether a password stands between the visitor and an upload."""
        return not self.may_upload

    @property
    def may_log_in(self) -> bool:
        """Whether there is a password that would let the visitor do more."""
        return not self.is_admin and (self.needs_login or Role.ADMIN in _passwords())

    @property
    def may_manage_uploads(self) -> bool:
        """Whether this browser may have added photos, and may change them."""
        return self.may_upload and contributor_cookie.is_known()

    @property
    def logged_in(self) -> bool:
        """Whether the visitor gave a password in this browser."""
        return any(_logged_in_as(role) for role in Role)

    def may_change(self, photo: Photo) -> bool:
        """Whether the visitor may edit, hide, delete and restore `photo`."""
        return self.is_admin or (self.may_upload and contributor_cookie.owns(photo))

    def may_unhide(self, photo: Photo) -> bool:
        """Whether the visitor may put a hidden photo back: what the admin hid stays hidden till the admin says so."""
        return self.is_admin or (self.may_change(photo) and photo.hidden_by is not HiddenBy.ADMIN)


def require_upload() -> None:
    """Raise LoginRequired unless the visitor may add photos."""
    if not Access().may_upload:
        raise LoginRequired


def require_admin() -> None:
    """Raise LoginRequired unless the visitor gave the admin password, NoKeeper where there is none to give."""
    if Role.ADMIN not in _passwords():
        raise AdminDisabled
    if not Access().is_admin:
        raise LoginRequired


def require_change(photo: Photo) -> None:
    """Raise NotYours unless the visitor may change `photo`."""
    if not Access().may_change(photo):
        raise NotOwner


def require_unhide(photo: Photo) -> None:
    """Raise NotYours or HiddenByKeeper unless the visitor may put `photo` back on the public pages."""
    require_change(photo)
    if not Access().may_unhide(photo):
        raise HiddenByAdmin


def hidden_by(photo: Photo) -> HiddenBy:
    """What the visitor hides `photo` as: whoever added it remains its contributor, with the admin password too."""
    return HiddenBy.CONTRIBUTOR if contributor_cookie.owns(photo) else HiddenBy.ADMIN


def log_in(password: str) -> None:
    """Remember in this browser what the password opens. Raises WrongPassword and TooManyTries."""
    role = _checked_role(password)
    if role is None:
        raise WrongPassword
    sessions.start_session(role.value, _password_fingerprint(role))


def log_out() -> None:
    """Forget every password this browser gave; the photos it added stay its own."""
    sessions.revoke_session()


def has_bearer() -> bool:
    """Whether the request proves itself by one of the passwords in `Authorization: Bearer`, which no form can send."""
    return _bearer_role() is not None


def init_app(app: Flask) -> None:
    """Give templates `access`."""
    app.context_processor(lambda: {"access": Access()})


def _passwords() -> dict[Role, str]:
    config = app_context().config
    given = {Role.CONTRIBUTOR: config.upload_password, Role.ADMIN: config.admin_password}
    return {role: password for role, password in given.items() if password}


def _role_of(password: str) -> Role | None:
    """The role a password opens; every password is compared in full, so that the time taken tells nothing."""
    matches = [
        role
        for role, right in _passwords().items()
        if hmac.compare_digest(password.encode(), right.encode())
    ]
    return matches[0] if matches else None


def _checked_role(password: str) -> Role | None:
    """The role a password opens; who has tried too many wrong ones may not even try the right one."""
    role = _role_of(password)
    app_context().rate_limits.count_attempt(right=role is not None)
    return role


def _has(role: Role) -> bool:
    return _logged_in_as(role) or _bearer_role() is role


def _logged_in_as(role: Role) -> bool:
    return role in _passwords() and sessions.is_valid(role.value, _password_fingerprint(role))


def _password_fingerprint(role: Role) -> str:
    """What a session keeps instead of the password: another password makes another proof, which ends old sessions."""
    return hmac.new(_secret(), f"{role.value}:{_passwords()[role]}".encode(), "sha256").hexdigest()


def _bearer_role() -> Role | None:
    """The role of the request's bearer token."""
    if "bearer_role" not in g:
        authorization = request.authorization
        token = authorization.token if authorization and authorization.type == "bearer" else None
        g.bearer_role = None  # when it may not be tried, the page that says so is a stranger's
        if token:
            g.bearer_role = _checked_role(_decode_header(token))
    role: Role | None = g.bearer_role
    return role


def _decode_header(header: str) -> str:
    """What a client sent as UTF-8; WSGI hands headers on as Latin-1 (PEP 3333)."""
    return header.encode("latin-1", "replace").decode("utf-8", "replace")


def _secret() -> bytes:
    return str(current_app.secret_key).encode()
