"""Note the role of the visitor for the log, without a read of the storage.

The cookies say whether a browser contributes. A login counts once an access rule has checked it.
"""

from flask import Flask, Response

from app.domain.photo_summary import Role
from app.web.auth import contributor_cookie, guest_cookie
from app.web.auth.principals import principal
from app.web.context import app_context
from app.web.middleware.request_log import note_role
from app.web.operations.log_fields import ActorRole

_ROLES = {Role.ADMIN: ActorRole.ADMIN, Role.CONTRIBUTOR: ActorRole.CONTRIBUTOR}


def init_app(app: Flask) -> None:
    """Note the role that the cookies show, also those that the request sets."""
    app.before_request(_note_cookies)
    app.after_request(_note_new_cookies)


def note(role: Role) -> bool:
    """Note a role that the visitor has. Return True."""
    note_role(_ROLES[role])
    return True


def note_reviewer() -> None:
    """Note that the visitor reviews the photos of others."""
    note_role(ActorRole.REVIEWER)


def _note_cookies() -> None:
    if principal.is_sent():  # its role is noted where it is checked
        return
    role = _role_by_cookies()
    if role:
        note_role(role)


def _note_new_cookies(response: Response) -> Response:
    _note_cookies()
    return response


def _role_by_cookies() -> ActorRole | None:
    """Return the role of the browser. On a site with a password, the cookie alone gives none."""
    if guest_cookie.sent_code():
        return ActorRole.GUEST
    if not contributor_cookie.has_cookie():
        return None
    if app_context().config.upload_password is None:
        return ActorRole.CONTRIBUTOR
    return ActorRole.GUEST if guest_cookie.codes() else None
