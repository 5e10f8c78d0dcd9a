"""Log-ins: what a browser keeps of a password, for how long, and how that ends for good.

A signed cookie can be copied, so logging out has to be remembered on this side: by the log-in's id, for as long as the
cookie would have been good for. It costs one read, for those requests alone that carry a log-in.
"""

import hmac
import secrets
import time

from flask import Flask, g, session

from app.web.context import photo_service

LIFETIME = 30 * 24 * 60 * 60  # seconds, counted from the password, however busy the visitor is
_LOGIN = "login"  # its id and when it began


def init_app(app: Flask) -> None:
    """Let browsers keep a log-in for as long as it lasts."""
    app.config["PERMANENT_SESSION_LIFETIME"] = LIFETIME


def start_session(role: str, proof: str) -> None:
    """Keep `proof` of a password in this browser, in place of all that was there before."""
    revoke_session()
    session.permanent = True
    session[_LOGIN] = [secrets.token_urlsafe(16), int(time.time())]
    session[role] = proof


def revoke_session() -> None:
    """End this browser's log-in, and with it every copy of its cookie."""
    if _LOGIN in session:
        login, since = session[_LOGIN]
        photo_service().catalog.end_login(login, since + LIFETIME)
    session.clear()


def is_valid(role: str, proof: str) -> bool:
    """Whether this browser has a log-in with `proof` that is neither too old nor ended. Raises StorageError."""
    return hmac.compare_digest(str(session.get(role, "")), proof) and _not_revoked()


def _not_revoked() -> bool:
    if "login_holds" not in g:
        g.login_holds = False  # when the storage can't tell, the page that says so is a stranger's
        login, since = session.get(_LOGIN, ("", 0))
        g.login_holds = time.time() < since + LIFETIME and not photo_service().catalog.has_ended(
            login
        )
    holds: bool = g.login_holds
    return holds
