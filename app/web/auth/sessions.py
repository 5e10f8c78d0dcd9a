"""Keep logins in the session cookie, and revoke them on logout.

A signed cookie can be copied. Logging out therefore stores the login's id as revoked until the
cookie would have expired. Only requests with a login read that.
"""

import hmac
import secrets
import time

from flask import Flask, g, session

from app.web.context import session_revocations

LIFETIME = 30 * 24 * 60 * 60  # seconds from the login, also for visitors who come every day
TOKEN = "token"  # noqa: S105  session key of the hash of an access token
_LOGIN = "login"  # session key: the login's random id and the Unix time at which it started


def init_app(app: Flask) -> None:
    """Set the lifetime of sessions."""
    app.config["PERMANENT_SESSION_LIFETIME"] = LIFETIME


def start_session(role: str, password_fingerprint: str) -> None:
    """Revoke the browser's session and start one with `role`."""
    revoke_session()
    session.permanent = True
    session[_LOGIN] = [secrets.token_urlsafe(16), int(time.time())]
    session[role] = password_fingerprint


def revoke_session() -> None:
    """Clear the browser's session, and revoke every copy of its cookie."""
    if _LOGIN in session:
        login_id, started_at = session[_LOGIN]
        session_revocations().revoke(login_id, started_at + LIFETIME)
    session.clear()


def token_hash() -> str | None:
    """Return the hash of the access token with which the visitor logged in, None without one.

    Raises:
        StorageError: The storage did not answer whether the session is revoked.
    """
    stored = session.get(TOKEN)
    return str(stored) if stored and _is_active() else None


def is_valid(role: str, password_fingerprint: str) -> bool:
    """Return whether the browser has a session with `role` that is neither expired nor revoked.

    Raises:
        StorageError: The storage did not answer whether the session is revoked.
    """
    stored = str(session.get(role, ""))
    return hmac.compare_digest(stored, password_fingerprint) and _is_active()


def _is_active() -> bool:
    """Return whether the login is neither expired nor revoked; read it once per request."""
    if "login_is_active" not in g:
        g.login_is_active = False  # the error page of a storage failure shows no login
        login_id, started_at = session.get(_LOGIN, ("", 0))
        expired = time.time() >= started_at + LIFETIME
        revocations = session_revocations()
        g.login_is_active = not expired and not revocations.is_revoked(login_id)
    is_active: bool = g.login_is_active
    return is_active
