"""Security headers score above 100 by the rules of the MDN HTTP Observatory."""

from dataclasses import replace

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.abuse import observatory
from tests.visitor import Visitor

TLS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
HSTS = "Strict-Transport-Security"
OPENER_POLICY = "Cross-Origin-Opener-Policy"


@pytest.fixture
def visitor(config: Config, services: Services) -> Visitor:
    return Visitor(
        create_app(replace(config, proxy_hops=1, admin_password="let me rule"), services)
    )


def get_over_tls(visitor: Visitor, path: str) -> TestResponse:
    return visitor.get(path, headers=TLS, base_url="https://photos.example.org")


@pytest.mark.parametrize(
    "path", ["/", "/upload", "/login", "/tags", "/search?q=sea", "/nothing", "/photos"]
)
def test_pages_score_135_or_more(visitor: Visitor, path: str) -> None:
    """No test of the Observatory takes points from a page over TLS."""
    visitor.add()
    response = get_over_tls(visitor, path)
    points = observatory.modifiers(response.headers, response.text)
    assert min(points.values()) >= 0, points
    assert observatory.score(response.headers, response.text) >= 135


def test_a_photo_page_scores_135_or_more(visitor: Visitor) -> None:
    """The page has structured data, images and scripts."""
    response = get_over_tls(visitor, f"/photos/{visitor.add()}")
    assert "<script" in response.text
    assert observatory.score(response.headers, response.text) >= 135


def test_the_score_falls_without_each_header(visitor: Visitor) -> None:
    """The scorer notices each missing header."""
    response = get_over_tls(visitor, "/upload")
    whole = observatory.score(response.headers, response.text)
    for name in (
        "Content-Security-Policy",
        OPENER_POLICY,
        "Cross-Origin-Resource-Policy",
        "Referrer-Policy",
        HSTS,
        "X-Content-Type-Options",
    ):
        without = Headers([(other, value) for other, value in response.headers if other != name])
        assert observatory.score(without, response.text) < whole, name


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("Content-Security-Policy", "default-src 'self' 'unsafe-inline'"), -20),
        (("Content-Security-Policy", "default-src 'none'; script-src https:"), -20),
        (
            (
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'",
            ),
            0,
        ),
        (("Content-Security-Policy", "default-src 'none'; img-src http://cdn.example"), -10),
        (("Set-Cookie", "session=1; HttpOnly; SameSite=Lax"), -40),
        (("Set-Cookie", "session=1; Secure; SameSite=Lax"), -30),
        (("Set-Cookie", "csrf=1; Secure; HttpOnly"), -20),
        (("Set-Cookie", "session=1; Secure; HttpOnly; SameSite=Lax"), 5),
        ((HSTS, "max-age=3600"), -10),
        (("Referrer-Policy", "unsafe-url"), -5),
        (("Access-Control-Allow-Credentials", "true"), -50),
    ],
)
def test_the_scorer_follows_the_rules_of_the_observatory(
    change: tuple[str, str], expected: int
) -> None:
    """Each rule is tried on a response with a single header."""
    assert expected in observatory.modifiers(Headers([change]), "").values()


def test_scripts_of_other_origins_need_an_integrity_attribute() -> None:
    """Scripts of the site itself do not need it."""
    assert observatory.of_scripts('<script src="/static/a.js"></script>') == 0
    assert observatory.of_scripts('<script src="https://cdn.example/a.js"></script>') == -5
    assert observatory.of_scripts('<script src="http://cdn.example/a.js"></script>') == -50
    assert (
        observatory.of_scripts(
            '<script src="https://cdn.example/a.js" integrity="sha384-x"></script>'
        )
        == 5
    )


def test_headers_that_need_tls_are_not_sent_without(visitor: Visitor) -> None:
    """Browsers ignore them over plain HTTP, and Chromium logs an error."""
    for path in ("/", "/nothing", "/healthz", "/robots.txt"):
        headers = get_over_tls(visitor, path).headers
        assert headers[HSTS] == "max-age=31536000"
        assert headers[OPENER_POLICY] == "same-origin"
        assert not {HSTS, OPENER_POLICY} & set(visitor.get(path).headers.keys())


def test_no_response_has_cors_headers(visitor: Visitor) -> None:
    """Other origins cannot read any page."""
    for method in ("get", "options"):
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        response = getattr(visitor.client, method)("/upload", headers=headers)
        assert not [
            name for name, _ in response.headers if name.lower().startswith("access-control")
        ]
