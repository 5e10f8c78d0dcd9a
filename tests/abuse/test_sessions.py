"""Copied, fixated, forged, expired and ended sessions give no access."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.errors import StorageUnavailable
from app.services.factory import Services
from tests.backends import Backend
from tests.visitor import Visitor

DAY = 24 * 60 * 60


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, upload_password="let me add", admin_password="let me rule")


def with_session(app: Flask, session: str) -> Visitor:
    """Return another browser that has a copy of a session cookie."""
    other = Visitor(app)
    other.set_cookie("session", session)
    return other


def is_logged_in(visitor: Visitor) -> bool:
    return visitor.get("/upload").status_code == 200


def test_logout_ends_copies_of_the_session(app: Flask, visitor: Visitor) -> None:
    """A copy of the cookie is logged out too, and a new login does not revive it."""
    visitor.submit("/login", password="let me rule")
    copied = visitor.cookie("session")
    assert is_logged_in(with_session(app, copied))
    assert visitor.post("/logout", visitor.fields("/upload")).status_code == 303
    assert not is_logged_in(visitor)
    assert not is_logged_in(with_session(app, copied))
    visitor.submit("/login", password="let me rule")
    assert is_logged_in(visitor)
    assert not is_logged_in(with_session(app, copied))


def test_logout_holds_on_every_instance(
    config: Config, services: Services, backend: Backend, visitor: Visitor
) -> None:
    """An instance that shares only the storage refuses the session at once."""
    visitor.submit("/login", password="let me add")
    copied = visitor.cookie("session")
    visitor.post("/logout", visitor.fields("/upload"))
    other_instance = create_app(config, services)
    assert not is_logged_in(with_session(other_instance, copied))


def test_logout_keeps_other_browsers_logged_in(app: Flask, visitor: Visitor) -> None:
    """Another browser with the same password stays logged in."""
    other = Visitor(app)
    for browser in (visitor, other):
        browser.submit("/login", password="let me add")
    visitor.post("/logout", visitor.fields("/upload"))
    assert is_logged_in(other)


def test_a_second_login_ends_the_session_before(app: Flask, visitor: Visitor) -> None:
    """A contributor who logs in as the admin leaves no valid copy of the first session."""
    visitor.submit("/login", password="let me add")
    copied = visitor.cookie("session")
    visitor.submit("/login", password="let me rule")
    assert not is_logged_in(with_session(app, copied))


def test_session_fixation_gives_no_access(app: Flask, visitor: Visitor) -> None:
    """A session that an attacker fixated is not logged in when the visitor logs in."""
    attacker = Visitor(app)
    attacker.get("/login")
    fixated = attacker.cookie("session")
    assert fixated
    visitor.set_cookie("session", fixated)
    visitor.submit("/login", password="let me rule")
    assert is_logged_in(visitor)
    assert not is_logged_in(attacker)
    assert visitor.cookie("session") != fixated


@pytest.fixture
def clock() -> Iterator[mock.Mock]:
    """A settable time of day."""
    with mock.patch.object(time, "time", side_effect=lambda: 0.0) as clock:
        yield clock


def test_a_session_ends_30_days_after_the_login(
    app: Flask, visitor: Visitor, clock: mock.Mock
) -> None:
    """Use of the session, which signs its cookie again, does not extend it."""
    start = 1_800_000_000.0
    clock.side_effect = lambda: start
    visitor.submit("/login", password="let me add")
    for day in range(0, 30, 3):
        clock.side_effect = lambda day=day: start + day * DAY
        # A refused login leaves a message in the session, so that its cookie is signed again.
        assert visitor.submit("/login", password="guess").status_code == 403
        assert is_logged_in(visitor)
    fresh = visitor.cookie("session")
    clock.side_effect = lambda: start + 30 * DAY + 1
    assert not is_logged_in(with_session(app, fresh))


def test_a_changed_password_ends_its_sessions(
    config: Config, services: Services, visitor: Visitor
) -> None:
    """Sessions of the other role stay valid."""
    for password, changed, still_valid in (
        ("let me add", "upload_password", False),
        ("let me rule", "upload_password", True),
    ):
        visitor.submit("/login", password=password)
        changes: dict[str, Any] = {changed: "another"}
        restarted = create_app(replace(config, **changes), services)
        session = visitor.cookie("session")
        assert is_logged_in(with_session(restarted, session)) is still_valid


def test_a_changed_secret_key_ends_every_session(
    config: Config, services: Services, visitor: Visitor
) -> None:
    """Cookies with another signature are ignored."""
    visitor.submit("/login", password="let me rule")
    changed = replace(config, secret_key="another secret, as long as it takes")
    restarted = create_app(changed, services)
    assert not is_logged_in(with_session(restarted, visitor.cookie("session")))


def test_a_forged_session_gives_no_access(app: Flask, visitor: Visitor) -> None:
    """A session needs both a password proof and a login ID that is still valid."""
    visitor.submit("/login", password="let me rule")
    with visitor.client.session_transaction() as session:
        proof = session["admin"]
    for content in (
        {"admin": proof},
        {"admin": "x", "login": ["id", int(time.time())]},
        {"login": ["id", 2**40]},
    ):
        forger = Visitor(app)
        with forger.client.session_transaction() as session:
            session.update(content)
        assert not is_logged_in(forger)


def test_unavailable_storage_refuses_sessions(
    app: Flask, visitor: Visitor, backend: Backend
) -> None:
    """If the catalog cannot say whether a session has ended, the page answers 503."""
    visitor.submit("/login", password="let me rule")
    with mock.patch.object(
        backend.session_revocations, "is_revoked", side_effect=StorageUnavailable("down")
    ):
        response = visitor.get("/upload")
    assert response.status_code == 503
    assert "Storage isn’t answering" in response.text


def test_sessions_are_checked_once_a_request(visitor: Visitor, backend: Backend) -> None:
    """Visitors who are not logged in cause no read."""
    revocations = backend.session_revocations
    with mock.patch.object(revocations, "is_revoked", wraps=revocations.is_revoked) as is_revoked:
        visitor.get("/")
        assert is_revoked.call_count == 0
        visitor.submit("/login", password="let me rule")
        is_revoked.reset_mock()
        visitor.get("/upload")
        assert is_revoked.call_count == 1
