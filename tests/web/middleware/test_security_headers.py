"""Security headers and cookie flags."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web.middleware.security_headers import content_security_policy
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import Visitor


@pytest.mark.parametrize("path", ["/", "/upload", "/tags", "/login", "/nothing", "/healthz"])
def test_every_response_has_the_headers(visitor: Visitor, path: str) -> None:
    """Pages and errors forbid sniffing, framing, inline scripts and leaking referrers."""
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_policy_allows_images_from_the_media_host() -> None:
    """The media host is in `img-src` and in no other directive."""
    policy = content_security_policy("https://bucket.s3.us-east-1.amazonaws.com/")
    assert "img-src 'self' https://bucket.s3.us-east-1.amazonaws.com;" in policy
    assert policy.count("amazonaws") == 1
    assert "img-src 'self';" in content_security_policy("/media/")


@pytest.mark.parametrize("path", ["/", "/upload", "/tags", "/login"])
def test_pages_have_no_inline_code(visitor: Visitor, path: str) -> None:
    """The policy would block inline styles and scripts; JSON for scripts is not code."""
    visitor.add()
    page = visitor.get(path).text
    assert " style=" not in page
    assert "<style" not in page
    assert " on" not in "".join(part.split(">")[0] for part in page.split("<img")[1:])
    scripts = [part.split(">")[0] for part in page.split("<script")[1:]]
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)


def test_no_page_prefetches_what_the_policy_refuses(visitor: Visitor) -> None:
    """No link prefetches: `default-src 'none'` applies to it (CSP 3, section 6.8.1).

    Chromium prefetches the neighbors of a photo by speculation rules, a file of the site.
    """
    photo_id = visitor.add()
    visitor.add()
    paths = ("/", f"/photos/{photo_id}", f"/photos/{photo_id}/edit", "/upload", "/tags", "/login")
    for path in paths:
        assert not re.search(r"<link[^>]+rel=\"?(prefetch|prerender)", visitor.get(path).text)
    header = visitor.get(f"/photos/{photo_id}").headers["Speculation-Rules"]
    rules = visitor.get(header.strip('"'))
    assert rules.mimetype == "application/speculationrules+json"
    [rule] = rules.get_json(force=True)["prefetch"]
    assert rule == {"where": {"selector_matches": ".neighbors a"}, "eagerness": "conservative"}
    assert '<nav class="neighbors"' in visitor.get(f"/photos/{photo_id}").text


def test_form_without_its_token_is_400_and_keeps_the_texts(
    visitor: Visitor, backend: Backend
) -> None:
    """Nothing is published."""
    answer = visitor.post(
        "/upload", {"photo": (BytesIO(jpeg()), "a.jpg"), "title": "Typed for long"}
    )
    assert answer.status_code == 400
    assert "Typed for long" in answer.text
    assert list(backend.catalog.photos()) == []


def test_cookies_are_secure_over_tls(config: Config, services: Services) -> None:
    """Behind a TLS proxy cookies are Secure; they are always HttpOnly and SameSite."""
    app = create_app(replace(config, proxy_hops=1), services)
    for scheme, secure in (("https", True), ("http", False)):
        answer = app.test_client().get(
            "/upload", headers={"X-Forwarded-Proto": scheme, "X-Forwarded-For": "192.0.2.1"}
        )
        cookies = answer.headers.getlist("Set-Cookie")
        assert len(cookies) == 2
        for cookie in cookies:
            assert ("Secure" in cookie) is secure
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie


def test_forwarded_headers_count_only_behind_a_proxy(config: Config, services: Services) -> None:
    """Without a proxy a client cannot choose its address by a header."""
    app = create_app(
        replace(config, upload_password="secret word", login_rate_limit="1 per minute"), services
    )
    visitor = Visitor(app)
    fields = visitor.fields("/login")
    statuses = [
        visitor.post("/login", fields, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
        for number in range(2)
    ]
    assert statuses == [403, 429]


def test_forged_contributor_cookie_is_ignored(app: Flask, visitor: Visitor) -> None:
    """A cookie with another signature owns nothing and breaks nothing."""
    photo_id = visitor.add()
    forger = Visitor(app)
    forger.set_cookie("contributor", "ImZvcmdlZCI.signature")
    assert forger.get(f"/photos/{photo_id}/edit").status_code == 403


def test_uploads_are_limited(config: Config, services: Services) -> None:
    """More uploads than UPLOAD_RATE_LIMIT are a 429 with Retry-After that keeps the texts."""
    visitor = Visitor(create_app(replace(config, upload_rate_limit="1 per minute"), services))
    assert visitor.upload(jpeg()).status_code == 303
    answer = visitor.upload(jpeg(), title="Typed for long")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Typed for long" in answer.text
