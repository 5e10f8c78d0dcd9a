"""Redirects stay on this site."""

from urllib.parse import unquote

import pytest
from flask import Flask

from app.web.redirects import redirect_back, redirect_to


@pytest.fixture
def app() -> Flask:
    app = Flask("test")
    app.add_url_rule("/", "index", lambda: "")
    return app


@pytest.mark.parametrize("path", ["/photos", "/photos?before=x", "/사진"])
def test_paths_of_this_site_are_followed(app: Flask, path: str) -> None:
    """A path with a query is a path of this site."""
    with app.test_request_context("/"):
        response = redirect_to(path, "index")
    assert response.status_code == 303
    assert unquote(response.location) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        None,
        "photos",
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "/a\r\nSet-Cookie: x",
        "http://[",
        "//[::1",
        "/" + "x" * 1000,
    ],
)
def test_everything_else_leads_to_the_default(app: Flask, path: str | None) -> None:
    """Other hosts, broken headers and paths too long for a header are never followed."""
    with app.test_request_context("/"):
        assert redirect_to(path, "index").location == "/"


def test_back_parameter_is_followed(app: Flask) -> None:
    """`back` names the page from which the visitor came."""
    with app.test_request_context("/?back=/uploads"):
        assert redirect_back("index").location == "/uploads"
