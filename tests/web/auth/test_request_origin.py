"""A form is accepted only from a page of this site, if the browser says where it comes from.

Covers app.web.refusals.
"""

import pytest
from flask import Flask

from app.web.auth.request_origin import ForeignOrigin, require_own_origin
from tests.visitor import Visitor

SITE = "https://photos.example.org"


def is_accepted(app: Flask, base_url: str = SITE, **headers: str) -> bool:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with app.test_request_context("/", base_url=base_url, headers=names):
        try:
            require_own_origin()
        except ForeignOrigin:
            return False
    return True


@pytest.mark.parametrize(
    ("fetch_site", "expected"),
    [
        ("same-origin", True),
        ("none", True),
        ("same-site", False),
        ("cross-site", False),
        ("", False),
    ],
)
def test_fetch_site_decides_whatever_the_origin_is(
    app: Flask, fetch_site: str, *, expected: bool
) -> None:
    """The browser compares the addresses, so a proxy that changes the host does no harm."""
    for origin in (SITE, "https://other.example", "null"):
        assert is_accepted(app, Sec_Fetch_Site=fetch_site, Origin=origin) is expected
    assert is_accepted(app, Sec_Fetch_Site=fetch_site) is expected


@pytest.mark.parametrize(
    ("base_url", "origin", "expected"),
    [
        (SITE, SITE, True),
        (SITE, "https://PHOTOS.example.org:443", True),
        (SITE, "https://photos.example.org:444", False),
        (SITE, "http://photos.example.org", False),
        (SITE, "https://photos.example.org.evil.example", False),
        (SITE, "https://evil.example", False),
        (SITE, "photos.example.org", False),
        (SITE, "https://", False),
        (SITE, "https://[", False),
        (SITE, "", False),
        ("http://192.0.2.7:8000", "http://192.0.2.7:8000", True),
        ("http://192.0.2.7:8000", "http://192.0.2.7:9000", False),
        ("http://192.0.2.7", "http://192.0.2.7:80", True),
        ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000", True),
        ("http://photo_site:8000", "http://photo_site:8000", True),
    ],
)
def test_without_fetch_site_the_origin_is_compared(
    app: Flask, base_url: str, origin: str, *, expected: bool
) -> None:
    """Scheme, host and port have to be the same."""
    assert is_accepted(app, base_url, Origin=origin) is expected


def test_tls_that_the_proxy_does_not_report_is_accepted(app: Flask) -> None:
    """The app then sees plain HTTP under the same host."""
    assert is_accepted(app, "http://photos.example.org", Origin=SITE)


def test_without_a_named_origin_the_token_decides(visitor: Visitor) -> None:
    """Programs and old browsers send no header; a browser without referrers may send `null`."""
    for headers in ({}, {"Origin": "null"}):
        assert visitor.post("/logout", {}, headers).status_code == 400
        assert visitor.post("/logout", visitor.fields("/login"), headers).status_code == 303


def test_refusal_names_the_cause(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    """The visitor reads both addresses, the log names the headers and what to do."""
    fields = visitor.fields("/login")
    answer = visitor.post("/logout", fields, {"Origin": "https://photos.example.org"})
    assert answer.status_code == 400
    assert "came from https://photos.example.org, but" in answer.text
    assert "received it as http://localhost" in answer.text
    assert "POST /logout refused: the form is from 'https://photos.example.org'" in caplog.text
    assert "docs/proxies.md" in caplog.text
    answer = visitor.post("/logout", fields, {"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "Another site sent this form" in answer.text
    assert "Sec-Fetch-Site is 'cross-site'" in caplog.text


def test_scripts_are_checked_too(visitor: Visitor) -> None:
    """A header of a script replaces the token, not the origin."""
    script = {"X-Requested-With": "fetch"}
    assert (
        visitor.post("/logout", {}, script | {"Sec-Fetch-Site": "same-origin"}).status_code == 303
    )
    assert visitor.post("/logout", {}, script | {"Sec-Fetch-Site": "same-site"}).status_code == 400


def test_reading_is_open_to_every_site(visitor: Visitor) -> None:
    """Links from other sites lead here."""
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://other.example"}
    assert visitor.get("/", headers=headers).status_code == 200
