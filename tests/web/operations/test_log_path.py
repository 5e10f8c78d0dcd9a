"""Lines of the log have the rule of the route, with ids, in place of the path."""

import pytest
from flask import Flask
from werkzeug.routing import Map, Rule

from app.web.operations.log_path import is_id, match_path
from tests.abuse.hostile_requests import requests_with_paths

ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.mark.parametrize(
    ("method", "path", "logged"),
    [
        ("GET", "/", "/"),
        ("GET", f"/photos/{ID}", f"/photos/{ID}"),
        ("POST", f"/photos/{ID}/hide", f"/photos/{ID}/hide"),
        ("GET", f"/albums/{ID}/edit", f"/albums/{ID}/edit"),
        ("GET", "/photos/mina", "/photos/<photo_id>"),
        ("GET", "/join/abcdefgh234567ab", "/join/<code>"),
        ("GET", "/join/abcdefgh234567ab/upload", "/join/<code>/upload"),
        ("TRACE", "/join/abcdefgh234567ab", "/join/<code>"),
        ("GET", "/tags/Jane Doe 1970", "/tags/<tag>"),
        ("GET", "/2026/07", "/2026/07"),
        ("GET", "/static/0123456789ab/css/base.css", "/static/<version>/<path>"),
        ("GET", "/Jane Doe/+49-30-1234567", "unmatched"),
        ("GET", "/photos/a/b/c/d", "unmatched"),
        ("GET", f"/tags/{'x' * 2000}", "unmatched"),
        ("BREW", "/\N{WAVE DASH}\n", "unmatched"),
    ],
)
def test_a_path_is_logged_as_its_route(app: Flask, method: str, path: str, logged: str) -> None:
    assert match_path(app.url_map, method, path) == logged


def test_no_route_shows_another_argument(app: Flask) -> None:
    """Only ids, numbers and words of the route itself are shown."""
    for request in requests_with_paths(app, b"Jane"):
        assert "Jane" not in match_path(app.url_map, request.method, request.path.decode())


def test_a_redirect_of_the_router_is_no_route() -> None:
    routes = Map([Rule("/albums/", endpoint="albums")])
    assert match_path(routes, "GET", "/albums") == "unmatched"


@pytest.mark.parametrize("text", ["", "mina", ID.lower(), f"{ID}0", f" {ID}", f"{ID}\n"])
def test_other_texts_are_no_ids(text: str) -> None:
    assert is_id(ID)
    assert not is_id(text)
