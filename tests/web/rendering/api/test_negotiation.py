"""A program gets JSON where a browser gets a page, from the same address."""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.errors import StorageUnavailable
from app.services.factory import Services
from app.web.rendering.api.negotiation import wants_json
from tests.backends import Backend
from tests.visitor import JSON, Visitor
from tests.web.rendering.api.openapi import documented
from tests.web.test_errors import failing

CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
    "q=0.8,application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PATHS = ("/", "/tags", "/tags?start=", "/tags/sea", "/search?q=pier", "/uploads")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", True),
        ("application/problem+json", True),
        ("application/json, text/html;q=0.9", True),
        ("application/json, */*;q=0.1", True),
        (CHROMIUM, False),
        (FIREFOX, False),
        ("text/html, application/json", False),
        ("application/json, text/plain, */*", False),
        ("application/json;q=0.5, text/html", False),
        ("application/json;q=0", False),
        ("application/*", True),
        ("image/avif", False),
        ("*/*", False),
        ("", False),
        (";q=,,json/;application/json;q=x\xff", False),
    ],
)
def test_json_is_for_clients_that_prefer_it(accept: str, *, expected: bool) -> None:
    """Browsers and clients without a preference get a page."""
    with Flask("test").test_request_context("/", headers={"Accept": accept}):
        assert wants_json() is expected


def test_one_address_has_a_page_and_json(visitor: Visitor) -> None:
    """Caches keep them apart by the header Accept. A cookie and no preference change nothing."""
    photo_id = visitor.add(title="Pier", tags="sea")
    for path in (*PATHS, f"/photos/{photo_id}"):
        for accept in (CHROMIUM, FIREFOX, "*/*"):
            page = visitor.get(path, headers={"Accept": accept})
            assert (page.status_code, page.mimetype) == (200, "text/html"), path
            assert "Accept" in page.vary
        answer = visitor.get(path, headers=JSON)
        assert (answer.status_code, answer.mimetype) == (200, "application/json"), path
        assert answer.headers["Vary"] == page.headers["Vary"]


def test_json_has_the_headers_of_pages(visitor: Visitor) -> None:
    """No cache keeps it unless nginx may, and no page of another site may read it."""
    page, answer = visitor.get("/"), visitor.get("/", headers=JSON | {"Origin": "http://x.test"})
    for name in ("Cache-Control", "X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
        assert answer.headers[name] == page.headers[name]
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_unchanged_json_is_sent_once(visitor: Visitor) -> None:
    """A client that names its version gets 304 until a photo is added."""
    visitor.add()
    version = visitor.get("/", headers=JSON).headers["ETag"]
    unchanged = visitor.get("/", headers=JSON | {"If-None-Match": version})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert visitor.get("/", headers={"If-None-Match": version}).status_code == 200
    visitor.add()
    assert visitor.get("/", headers=JSON | {"If-None-Match": version}).status_code == 200


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/?before=x", "/"),
        ("/tags/sea?after=x", "/tags/{tag}"),
        (f"/tags/{'x' * 500}", "/tags/{tag}"),
        ("/search?q=sea&before=x", "/search"),
        ("/uploads?batch=x", "/uploads"),
        ("/uploads/deleted?after=x", "/uploads/deleted"),
        ("/photos/x", "/photos/{photo_id}"),
        ("/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/photos/{photo_id}"),
    ],
)
def test_an_unknown_photo_or_cursor_is_a_problem(
    visitor: Visitor, path: str, template: str
) -> None:
    """A program gets problem details, which say so in the visitor's language."""
    visitor.get("/upload")  # makes the browser a contributor
    answer = visitor.get(path, headers=JSON)
    assert documented(answer, template)["status"] == 404
    assert "Accept" in answer.vary
    assert "Accept" in visitor.get(path).vary


@pytest.mark.parametrize("path", ["/", "/tags/sea", "/search?q=sea"])
def test_an_outage_is_a_problem(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The answer says when to try again."""
    for method in ("page", "search"):
        monkeypatch.setattr(backend.catalog, method, failing(StorageUnavailable("throttled")))
    answer = visitor.get(path, headers=JSON)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_missing_login_is_a_problem(config: Config, services: Services) -> None:
    """A browser is sent to the login page, and a program gets its path."""
    private = Visitor(create_app(replace(config, upload_password="let me add"), services))
    assert private.get("/uploads").status_code == 303
    answer = private.get("/uploads", headers=JSON)
    assert answer.status_code == 403
    assert documented(answer, "/uploads")["login_url"] == "/login"
    headers = JSON | {"Authorization": "Bearer let me add"}
    assert documented(private.get("/uploads", headers=headers), "/uploads")["photos"] == []


def test_too_many_wrong_passwords_are_a_problem(config: Config, services: Services) -> None:
    """A page that asks who the visitor is counts wrong passwords, also in JSON."""
    limited = replace(config, upload_password="let me add", login_rate_limit="1 per minute")
    visitor = Visitor(create_app(limited, services))
    headers = JSON | {"Authorization": "Bearer guess"}
    answers = [visitor.get("/uploads", headers=headers) for _ in range(2)]
    assert [documented(answer, "/uploads")["status"] for answer in answers] == [403, 429]
    assert int(answers[1].headers["Retry-After"]) > 0
