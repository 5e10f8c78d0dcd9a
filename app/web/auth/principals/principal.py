"""Know who a request is by an access token, or by the user name of a proxy.

Most requests are anonymous, or known by the contributor cookie and a password: they have no
principal. A script sends its token in a header. A person may log in with one instead of a password.
"""

import hmac
import unicodedata
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request

from app.domain.messages import message
from app.domain.photo_summary import Role
from app.domain.tokens.access_token import AccessToken
from app.remote_users import is_user_name
from app.services.deadline import timeout
from app.web.auth import sessions
from app.web.auth.access_errors import NotAllowedByToken, TokenRejected
from app.web.auth.principals.headers import TOKEN, USER_NAME
from app.web.context import app_context, token_service
from app.web.cookies import SESSION_COOKIE, cookie_name
from app.web.middleware import request_log
from app.web.operations.log_fields import ActorRole
from app.web.refusals import RequestRefused

_READ_TIMEOUT = 3.0  # seconds, as for a page
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}  # RFC 9110, section 9.2.1
_PERMISSION = "upload_permission.show"  # answers errors in headers, as nginx understands them
# The endpoints for a token of one album. Others can publish outside of the album.
_IN_ONE_ALBUM = frozenset(
    {
        *("login.create", "login.logout", "upload.create", "upload_duplicates.create"),
        *("photos.update", "photos.rotate", "photos.hide", "photos.unhide", "photos.delete"),
        *("photos.restore", "photos.purge", "photo_review.run", "album_review.run"),
        "album_review.approve_guest",  # of the photos of others: see Access.is_reviewer_of
    }
)
_INVALID_NAME = message(
    "The sign-in of this site sent a name that the site can’t use. Its manager needs to correct "
    "the settings of the proxy in front of it."
)


class InvalidUserName(RequestRefused):
    """The proxy sent two user names, or one that is too long or not printable."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who sent the request, whatever its contributor cookie says.

    Attributes:
        contributor_id: The contributor, always the same for one token or one user.
        role: The role of the token or the user.
        token: The token, None for a user.
        user_name: The name of the user as the proxy says it, empty for a token.
        has_session: Whether a person logged in with the token, so that a cookie has its hash.
    """

    contributor_id: str
    role: Role
    token: AccessToken | None = None
    user_name: str = ""
    has_session: bool = False

    @property
    def album_id(self) -> str | None:
        """The only album to which photos may be added, None without a limit."""
        return self.token.album_id if self.token else None


def current() -> Principal | None:
    """Return who sent the request, with one read for each request that has a token.

    Raises:
        TokenRejected: The token is unknown, revoked or expired.
        RateLimitExceeded: Too many of these came from the visitor's address.
        InvalidUserName: The proxy sent no valid user name.
        StorageError: The storage did not answer.
    """
    if "principal" not in g:
        g.principal = None  # the error page of a failed check has none
        g.principal = _of_token() or _of_user() or _of_session()
        _note_role(g.principal)
    principal: Principal | None = g.principal
    return principal


def is_sent() -> bool:
    """Return whether the request has a token or a user name, right or wrong."""
    return TOKEN in request.environ or USER_NAME in request.environ


def album_limit() -> str | None:
    """Return the only album to which the request may add photos, None without a limit."""
    principal = current()
    return principal.album_id if principal else None


def not_allowed(error: type[Exception]) -> type[Exception]:
    """Return the error of an action on an album: with a token for one album, that of the token."""
    return NotAllowedByToken if album_limit() else error


def sends_token() -> bool:
    """Return whether the request has a valid access token in a header, which no page can send."""
    principal = current()
    return principal is not None and principal.token is not None and not principal.has_session


def refuse_tokens() -> None:
    """Raise NotAllowedByToken for a request with an access token, or a login with one."""
    principal = current()
    if principal and principal.token:
        raise NotAllowedByToken


def checked_token(secret: str) -> AccessToken:
    """Return the token with this secret, and count a wrong one. Raises TokenRejected."""
    rate_limits = app_context().rate_limits
    rate_limits.count_token(right=True)  # over the limit nothing is read
    token = token_service().find(secret)
    if token is None:
        rate_limits.count_token(right=False)
        raise TokenRejected
    return token


def init_app(app: Flask) -> None:
    """Check the token or the user name before anything else reads the request."""

    @app.before_request
    def check() -> None:
        is_safe = request.method in _SAFE_METHODS
        if request.endpoint == _PERMISSION or (is_safe and not is_sent()):
            return  # the answer varies by a login only where something asks for it
        with timeout(_READ_TIMEOUT):
            principal = current()
        is_limited = principal is not None and principal.album_id is not None
        if is_limited and not is_safe and request.endpoint not in _IN_ONE_ALBUM:
            raise NotAllowedByToken


def _note_role(principal: Principal | None) -> None:
    if principal:
        request_log.note_role(ActorRole(principal.role.value))


def _of_token() -> Principal | None:
    secret = request.environ.get(TOKEN)
    if secret is None:
        return None
    return _principal_of(checked_token(secret), has_session=False)


def _of_session() -> Principal | None:
    """Return the principal of a login with a token, None if the token is no longer valid."""
    if cookie_name(SESSION_COOKIE) not in request.cookies:
        return None  # to look into the session would make the answer vary by it
    secret_hash = sessions.token_hash()
    token = token_service().find_by_hash(secret_hash) if secret_hash else None
    return _principal_of(token, has_session=True) if token else None


def _principal_of(token: AccessToken, *, has_session: bool) -> Principal:
    request_log.name_token(token.token_id)
    return Principal(token.contributor_id, token.role, token=token, has_session=has_session)


def _of_user() -> Principal | None:
    sent: Any = request.environ.get(USER_NAME)
    if sent is None:
        return None
    name = _decoded(sent)
    role = Role.ADMIN if name in app_context().config.remote_users.admins else Role.CONTRIBUTOR
    return Principal(_contributor_of(name), role, user_name=name)


def _decoded(header: str) -> str:
    """Return the name, which WSGI presents as Latin-1 (PEP 3333)."""
    try:
        name = unicodedata.normalize("NFC", header[:2000].encode("latin-1").decode())
    except UnicodeError as error:
        raise InvalidUserName("the user name is not UTF-8", _INVALID_NAME) from error
    if not is_user_name(name):
        cause = "the user name is two names, too long or not printable (docs/proxies.md)"
        raise InvalidUserName(cause, _INVALID_NAME)
    return name


def _contributor_of(name: str) -> str:
    """Return the contributor of a user, from which the name cannot be found without the key."""
    key = str(current_app.secret_key).encode()
    return "user:" + hmac.new(key, f"user:{name}".encode(), "sha256").hexdigest()
