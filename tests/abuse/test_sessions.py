"""Log-ins: what a stolen, fixed, old or ended one is good for."""

import time
from collections.abc import Iterator
from dataclasses import replace
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.domain.errors import StorageUnavailable
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.visitor import Visitor

DAY = 24 * 60 * 60


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, upload_password="let me add", admin_password="let me rule")


def session_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    return cookie.value if cookie else ""


def with_session(app: Flask, session: str) -> Visitor:
    """Another browser that has got hold of a session's cookie."""
    thief = Visitor(app)
    thief.client.set_cookie("session", session)
    return thief


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/upload").status_code == 200


def test_a_session_that_was_copied_ends_with_the_logout(app: Flask, visitor: Visitor) -> None:
    """Whoever copied the cookie before is logged out too, and neither copy comes to life again."""
    visitor.submit("/login", password="let me rule")
    stolen = session_of(visitor.client)
    assert is_in(with_session(app, stolen))
    assert visitor.post("/logout", visitor.fields("/upload")).status_code == 303
    assert not is_in(visitor)
    assert not is_in(with_session(app, stolen))
    visitor.submit("/login", password="let me rule")
    assert is_in(visitor)
    assert not is_in(with_session(app, stolen))


def test_a_logout_holds_on_every_instance(
    config: Config, service: PhotoService, app: Flask, visitor: Visitor
) -> None:
    """An instance that shares nothing but the storage knows of it at once."""
    visitor.submit("/login", password="let me add")
    stolen = session_of(visitor.client)
    visitor.post("/logout", visitor.fields("/upload"))
    assert not is_in(with_session(create_app(config, service), stolen))


def test_a_logout_ends_no_other_browser(app: Flask, visitor: Visitor) -> None:
    """Somebody who gave the same password elsewhere stays logged in."""
    other = Visitor(app)
    for browser in (visitor, other):
        browser.submit("/login", password="let me add")
    visitor.post("/logout", visitor.fields("/upload"))
    assert is_in(other)


def test_logging_in_anew_ends_the_log_in_before(app: Flask, visitor: Visitor) -> None:
    """A contributor who becomes the admin leaves no second key behind."""
    visitor.submit("/login", password="let me add")
    stolen = session_of(visitor.client)
    visitor.submit("/login", password="let me rule")
    assert not is_in(with_session(app, stolen))


def test_a_session_that_was_planted_gains_nothing_by_a_login(app: Flask, visitor: Visitor) -> None:
    """Whoever makes a visitor begin with a session of theirs (fixation) is not logged in when the visitor is."""
    attacker = Visitor(app)
    attacker.get("/login")
    planted = session_of(attacker.client)
    assert planted
    visitor.client.set_cookie("session", planted)
    visitor.submit("/login", password="let me rule")
    assert is_in(visitor)
    assert not is_in(attacker)
    assert session_of(visitor.client) != planted


@pytest.fixture
def clock() -> Iterator[mock.Mock]:
    """The time of day, to be set."""
    with mock.patch.object(time, "time", side_effect=lambda: 0.0) as clock:
        yield clock


def test_no_log_in_lasts_longer_than_a_month(
    app: Flask, visitor: Visitor, clock: mock.Mock
) -> None:
    """However often it is used, and its cookie signed anew, a log-in ends 30 days after the password."""
    start = 1_800_000_000.0
    clock.side_effect = lambda: start
    visitor.submit("/login", password="let me add")
    for day in range(0, 30, 3):
        clock.side_effect = lambda day=day: start + day * DAY
        assert (
            visitor.submit("/login", password="guess").status_code == 403
        )  # what leaves a message in the session
        assert is_in(visitor)
    fresh = session_of(visitor.client)
    clock.side_effect = lambda: start + 30 * DAY + 1
    assert not is_in(with_session(app, fresh))


def test_a_changed_password_ends_every_log_in(
    config: Config, service: PhotoService, visitor: Visitor
) -> None:
    """With another password of one role its log-ins end, those of the other go on."""
    for password, changed, left in (
        ("let me add", "upload_password", False),
        ("let me rule", "upload_password", True),
    ):
        visitor.submit("/login", password=password)
        after = create_app(replace(config, **{changed: "another"}), service)  # type: ignore[arg-type]  # a text
        assert is_in(with_session(after, session_of(visitor.client))) is left


def test_a_changed_secret_ends_every_log_in(
    config: Config, service: PhotoService, visitor: Visitor
) -> None:
    """Cookies that another secret has signed are nobody's."""
    visitor.submit("/login", password="let me rule")
    after = create_app(replace(config, secret_key="another secret, as long as it takes"), service)
    assert not is_in(with_session(after, session_of(visitor.client)))


def test_a_session_made_up_opens_nothing(app: Flask, visitor: Visitor) -> None:
    """A proof of a password without a log-in of ours, or a log-in without proof, is none."""
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
        assert not is_in(forger)


def test_a_storage_that_can_not_tell_lets_nobody_in(
    app: Flask, visitor: Visitor, backend: Backend
) -> None:
    """While nobody knows whether a log-in was ended it opens nothing, and the page says that it is the storage."""
    visitor.submit("/login", password="let me rule")
    with mock.patch.object(backend.catalog, "has_ended", side_effect=StorageUnavailable("down")):
        answer = visitor.get("/upload")
    assert answer.status_code == 503
    assert "Storage isn’t answering" in answer.text


def test_who_is_not_logged_in_costs_no_read(visitor: Visitor, backend: Backend) -> None:
    """The storage is asked once a request, and only by those who have a log-in."""
    with mock.patch.object(backend.catalog, "has_ended", wraps=backend.catalog.has_ended) as asked:
        visitor.get("/")
        assert asked.call_count == 0
        visitor.submit("/login", password="let me rule")
        asked.reset_mock()
        visitor.get("/upload")
        assert asked.call_count == 1
