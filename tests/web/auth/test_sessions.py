"""Sessions: valid for 30 days or until logout. tests/abuse/test_sessions.py attacks them."""

import time

import pytest
from flask import Flask, g, session

from app.web.auth import sessions

FINGERPRINT = "fingerprint of a password"


def is_valid(fingerprint: str = FINGERPRINT) -> bool:
    g.pop("login_is_active", None)  # each request checks once
    return sessions.is_valid("admin", fingerprint)


def test_session_is_valid_for_its_role_and_password(app: Flask) -> None:
    """Without a login, for another role or after a change of the password there is no session."""
    with app.test_request_context("/"):
        assert not is_valid()
        sessions.start_session("admin", FINGERPRINT)
        assert is_valid()
        assert not is_valid("fingerprint of another password")
        assert not sessions.is_valid("contributor", FINGERPRINT)


def test_copy_of_a_session_ends_with_the_logout(app: Flask) -> None:
    """Logout revokes the login's id, not only the cookie of one browser."""
    with app.test_request_context("/"):
        sessions.start_session("admin", FINGERPRINT)
        copy = dict(session)
        sessions.revoke_session()
        assert not session
        session.update(copy)
        assert not is_valid()


def test_session_expires(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lifetime counts from the login."""
    with app.test_request_context("/"):
        sessions.start_session("admin", FINGERPRINT)
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + sessions.LIFETIME + 1)
        assert not is_valid()
