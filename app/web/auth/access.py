"""Who may do what: decided here and nowhere else.

Visitors read. Contributors (whoever gave the upload password, or anyone where none is set) add photos
and change their own. The keeper (whoever gave the admin password) changes all.
"""

import hmac
from enum import StrEnum

from flask import Flask, current_app, g, request

from app.domain.photo import Hider, Photo
from app.web.auth import contributor_cookie, sessions
from app.web.context import site


class Role(StrEnum):
    """What a password makes of a visitor."""

    CONTRIBUTOR = "contributor"
    KEEPER = "keeper"


class AccessError(Exception):
    """The visitor may not do that."""


class LoginRequired(AccessError):
    """It takes a password that this visitor has not given."""


class NoKeeper(AccessError):
    """The site has no admin password, so nobody is its keeper."""


class NotYours(AccessError):
    """It is somebody else's photo."""


class HiddenByKeeper(AccessError):
    """The keeper hid the photo, and the visitor is not the keeper."""


class WrongPassword(AccessError):
    """The password is none of the site's."""


class Access:
    """What this request's visitor may do, as templates ask it."""

    @property
    def is_keeper(self) -> bool:
        """Whether the visitor gave the admin password."""
        return _has(Role.KEEPER)

    @property
    def may_upload(self) -> bool:
        """Whether the visitor may add photos."""
        return site().config.upload_password is None or _has(Role.CONTRIBUTOR) or self.is_keeper

    @property
    def needs_login(self) -> bool:
        """Whether a password stands between the visitor and an upload."""
        return not self.may_upload

    @property
    def may_log_in(self) -> bool:
        """Whether there is a password that would let the visitor do more."""
        return not self.is_keeper and (self.needs_login or Role.KEEPER in _passwords())

    @property
    def may_have_uploads(self) -> bool:
        """Whether this browser may have added photos, and may change them."""
        return self.may_upload and contributor_cookie.is_known()

    @property
    def logged_in(self) -> bool:
        """Whether the visitor gave a password in this browser."""
        return any(_proven(role) for role in Role)

    def may_change(self, photo: Photo) -> bool:
        """Whether the visitor may edit, hide, delete and restore `photo`."""
        return self.is_keeper or (self.may_upload and contributor_cookie.owns(photo))

    def may_show(self, photo: Photo) -> bool:
        """Whether the visitor may put a hidden photo back: what the keeper hid stays hidden till the keeper says so."""
        return self.is_keeper or (self.may_change(photo) and photo.hidden_by is not Hider.KEEPER)


def require_upload() -> None:
    """Raise LoginRequired unless the visitor may add photos."""
    if not Access().may_upload:
        raise LoginRequired


def require_keeper() -> None:
    """Raise LoginRequired unless the visitor gave the admin password, NoKeeper where there is none to give."""
    if Role.KEEPER not in _passwords():
        raise NoKeeper
    if not Access().is_keeper:
        raise LoginRequired


def require_change(photo: Photo) -> None:
    """Raise NotYours unless the visitor may change `photo`."""
    if not Access().may_change(photo):
        raise NotYours


def require_show(photo: Photo) -> None:
    """Raise NotYours or HiddenByKeeper unless the visitor may put `photo` back on the public pages."""
    require_change(photo)
    if not Access().may_show(photo):
        raise HiddenByKeeper


def hider(photo: Photo) -> Hider:
    """What the visitor hides `photo` as: whoever added it remains its contributor, with the admin password too."""
    return Hider.CONTRIBUTOR if contributor_cookie.owns(photo) else Hider.KEEPER


def log_in(password: str) -> None:
    """Remember in this browser what the password opens. Raises WrongPassword and TooManyTries."""
    role = _try(password)
    if role is None:
        raise WrongPassword
    sessions.begin(role.value, _proof(role))


def log_out() -> None:
    """Forget every password this browser gave; the photos it added stay its own."""
    sessions.end()


def has_bearer() -> bool:
    """Whether the request proves itself by one of the passwords in `Authorization: Bearer`, which no form can send."""
    return _bearer_role() is not None


def init_app(app: Flask) -> None:
    """Give templates `access`."""
    app.context_processor(lambda: {"access": Access()})


def _passwords() -> dict[Role, str]:
    config = site().config
    given = {Role.CONTRIBUTOR: config.upload_password, Role.KEEPER: config.admin_password}
    return {role: password for role, password in given.items() if password}


def _role_of(password: str) -> Role | None:
    """The role a password opens; every password is compared in full, so that the time taken tells nothing."""
    matches = [role for role, right in _passwords().items() if hmac.compare_digest(password.encode(), right.encode())]
    return matches[0] if matches else None


def _try(password: str) -> Role | None:
    """The role a password opens; who has tried too many wrong ones may not even try the right one."""
    role = _role_of(password)
    site().rates.try_password(right=role is not None)
    return role


def _has(role: Role) -> bool:
    return _proven(role) or _bearer_role() is role


def _proven(role: Role) -> bool:
    return role in _passwords() and sessions.proves(role.value, _proof(role))


def _proof(role: Role) -> str:
    """What a session keeps instead of the password: another password makes another proof, which ends old sessions."""
    return hmac.new(_secret(), f"{role.value}:{_passwords()[role]}".encode(), "sha256").hexdigest()


def _bearer_role() -> Role | None:
    """The role of the request's bearer token."""
    if "bearer_role" not in g:
        authorization = request.authorization
        token = authorization.token if authorization and authorization.type == "bearer" else None
        g.bearer_role = None  # when it may not be tried, the page that says so is a stranger's
        if token:
            g.bearer_role = _try(_as_sent(token))
    role: Role | None = g.bearer_role
    return role


def _as_sent(header: str) -> str:
    """What a client sent as UTF-8; WSGI hands headers on as Latin-1 (PEP 3333)."""
    return header.encode("latin-1", "replace").decode("utf-8", "replace")


def _secret() -> bytes:
    return str(current_app.secret_key).encode()
