"""Every POST needs a token or a header of its own. tests/abuse/test_forms.py attacks forms."""

import pytest
from flask import Flask

from tests.visitor import Visitor
from tests.web.auth.conftest import ADMIN_PASSWORD


def test_post_without_a_token_is_rejected(visitor: Visitor) -> None:
    """A form of another site has no token."""
    visitor.get("/login")
    answer = visitor.client.post("/logout")
    assert answer.status_code == 400
    assert "This form has expired." in answer.text


def test_blocked_cookies_are_named(
    app: Flask, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a session cookie the page asks to allow cookies. The log names the cause."""
    token = visitor.fields("/login")["csrf_token"]
    answer = Visitor(app).post("/login", {"csrf_token": token, "password": ADMIN_PASSWORD})
    assert answer.status_code == 400
    assert "Allow cookies for this site" in answer.text
    assert "the browser sent no cookie named 'session-" in caplog.text


def test_referrer_is_not_needed_over_tls(visitor: Visitor) -> None:
    """A browser or an extension may turn referrers off: the token decides."""
    tls = {"base_url": "https://photos.localhost"}
    page = visitor.get("/login", **tls).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = visitor.client.post("/logout", data={"csrf_token": token}, **tls)
    assert answer.status_code == 303


def test_post_with_the_token_is_accepted(visitor: Visitor) -> None:
    """The token of any form of this site is valid for its browser."""
    token = visitor.fields("/login")["csrf_token"]
    assert visitor.post("/logout", {"csrf_token": token}).status_code == 303


def test_headers_replace_the_token(visitor: Visitor) -> None:
    """Another site cannot send these headers without a preflight request."""
    for headers in (
        {"X-Requested-With": "script"},
        {"Authorization": f"Bearer {ADMIN_PASSWORD}"},
    ):
        assert visitor.client.post("/logout", headers=headers).status_code == 303


def test_wrong_bearer_token_does_not_replace_the_token(visitor: Visitor) -> None:
    """Only a valid password proves that a script of the operator sent the request."""
    headers = {"Authorization": "Bearer a wrong one"}
    assert visitor.client.post("/logout", headers=headers).status_code == 400
