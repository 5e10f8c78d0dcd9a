"""The roles of a visitor, by an access token, a user name, a session or a password in a header."""

from app.domain.photo_summary import Role
from app.domain.tokens.access_token import PREFIX
from app.web.auth import passwords, sessions
from app.web.auth.access_errors import TokenRejected, WrongPassword
from app.web.auth.principals import principal
from app.web.context import app_context
from app.web.middleware import request_log
from app.web.operations import actor, admin_log
from app.web.operations.log_fields import ActorRole


def is_admin() -> bool:
    """Return whether the visitor is the admin."""
    current = principal.current()
    is_named_admin = current is not None and current.role is Role.ADMIN
    return (is_named_admin and has_admin()) or has_role(Role.ADMIN)


def is_contributor() -> bool:
    """Return whether the visitor may upload photos."""
    return is_open() or principal.current() is not None or has_role(Role.CONTRIBUTOR) or is_admin()


def is_open() -> bool:
    """Return whether everyone may upload photos.

    Where a proxy names users, those without a name only look.
    """
    config = app_context().config
    return config.upload_password is None and not config.remote_users.header


def has_admin() -> bool:
    """Return whether the site has an admin."""
    return Role.ADMIN in passwords.by_role() or bool(app_context().config.remote_users.admins)


def may_log_in() -> bool:
    """Return whether a password would let the visitor do more."""
    roles = passwords.by_role()
    return not is_admin() and (Role.ADMIN in roles or (bool(roles) and not is_contributor()))


def log_in(password: str) -> None:
    """Start a session with the role that the password permits, or with an access token.

    Raises:
        WrongPassword: No role has this password, and there is no such token.
        RateLimitExceeded: Too many wrong passwords came from the visitor's address.
    """
    if password.startswith(PREFIX):
        _log_in_with_token(password)
        return
    role = passwords.checked_role(password)
    if role is None:
        raise WrongPassword
    sessions.start_session(role.value, passwords.fingerprint_of(role))


def has_session() -> bool:
    """Return whether the visitor logged in with this browser."""
    current = principal.current()
    return (current is not None and current.has_session) or any(
        _is_logged_in_as(role) for role in Role
    )


def has_bearer_token() -> bool:
    """Return whether `Authorization: Bearer` is valid; no HTML form can send that."""
    return principal.sends_token() or bearer_role() is not None


def bearer_role() -> Role | None:
    """Return the role of the password that `Authorization` has, None for a principal.

    A proxy that names the user may also send a token of its own there.
    """
    return None if principal.current() else passwords.bearer_role()


def has_role(role: Role) -> bool:
    """Return whether the visitor gave the password of a role."""
    return (_is_logged_in_as(role) or bearer_role() is role) and actor.note(role)


def _log_in_with_token(secret: str) -> None:
    try:
        token = principal.checked_token(secret)
    except TokenRejected as error:
        raise WrongPassword from error
    sessions.start_session(sessions.TOKEN, token.secret_hash)
    request_log.note_role(ActorRole(token.role.value))
    request_log.name_token(token.token_id)
    admin_log.note_token(token.token_id)


def _is_logged_in_as(role: Role) -> bool:
    has_password = role in passwords.by_role()
    return has_password and sessions.is_valid(role.value, passwords.fingerprint_of(role))
