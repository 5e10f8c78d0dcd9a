"""Response headers that keep browsers from being turned against their readers, graded as the HTTP Observatory does."""

from dataclasses import replace

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.services.photo_service import PhotoService
from tests.abuse import observatory
from tests.visitor import Visitor

TLS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
HSTS = "Strict-Transport-Security"


@pytest.fixture
def visitor(config: Config, service: PhotoService) -> Visitor:
    return Visitor(create_app(replace(config, proxy_hops=1, admin_password="let me rule"), service))


def over_tls(visitor: Visitor, path: str) -> TestResponse:
    return visitor.get(path, headers=TLS, base_url="https://photos.example.org")


@pytest.mark.parametrize(
    "path", ["/", "/upload", "/login", "/tags", "/search?q=sea", "/nothing", "/photos"]
)
def test_every_page_scores_a_hundred_or_more(visitor: Visitor, path: str) -> None:
    """Over TLS no test of the Observatory's takes a point, and more than enough add some."""
    visitor.add()
    answer = over_tls(visitor, path)
    points = observatory.modifiers(answer.headers, answer.text)
    assert min(points.values()) >= 0, points
    assert observatory.score(answer.headers, answer.text) >= 135


def test_a_photo_page_scores_a_hundred_or_more(visitor: Visitor) -> None:
    """With its structured data, its pictures and its scripts."""
    answer = over_tls(visitor, f"/photos/{visitor.add()}")
    assert "<script" in answer.text
    assert observatory.score(answer.headers, answer.text) >= 135


def test_the_score_falls_with_each_header_that_is_left_out(visitor: Visitor) -> None:
    """Taken out one by one each header is missed: the score is no fluke of the scorer's."""
    answer = over_tls(visitor, "/upload")
    whole = observatory.score(answer.headers, answer.text)
    for name in (
        "Content-Security-Policy",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "Referrer-Policy",
        HSTS,
        "X-Content-Type-Options",
    ):
        without = Headers([(other, value) for other, value in answer.headers if other != name])
        assert observatory.score(without, answer.text) < whole, name


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
def test_the_scorer_takes_points_where_the_observatory_does(
    change: tuple[str, str], expected: int
) -> None:
    """Each rule, on an answer with that one header."""
    assert expected in observatory.modifiers(Headers([change]), "").values()


def test_scripts_from_elsewhere_need_their_integrity() -> None:
    """A foreign script without it costs points, our own none."""
    assert observatory.of_scripts('<script src="/static/a.js"></script>') == 0
    assert observatory.of_scripts('<script src="https://cdn.example/a.js"></script>') == -5
    assert observatory.of_scripts('<script src="http://cdn.example/a.js"></script>') == -50
    assert (
        observatory.of_scripts(
            '<script src="https://cdn.example/a.js" integrity="sha384-x"></script>'
        )
        == 5
    )


def test_browsers_are_told_to_stay_with_tls_only_over_tls(visitor: Visitor) -> None:
    """Strict-Transport-Security is on every answer over TLS and on none over plain HTTP."""
    for path in ("/", "/nothing", "/healthz", "/robots.txt"):
        assert over_tls(visitor, path).headers[HSTS] == "max-age=31536000"
        assert HSTS not in visitor.get(path).headers


def test_no_other_origin_may_read_what_a_visitor_sees(visitor: Visitor) -> None:
    """No page answers a cross-origin question, whoever asks and however."""
    for method in ("get", "options"):
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = getattr(visitor.client, method)("/upload", headers=headers)
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]
