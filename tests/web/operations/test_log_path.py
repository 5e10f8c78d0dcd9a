"""Lines of the log have the rule of the route, with ids, in place of the path."""

import json
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.routing import Map, Rule

from app.config import Config
from app.web.operations.log_path import is_id, match_path
from tests.abuse.hostile_requests.routes import plain_requests_to, requests_with_paths
from tests.abuse.hostile_requests.values import METHODS
from tests.visitor import Visitor

ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
ID_ARGUMENTS = {"photo_id", "album_id", "report_id"}
NUMBERS = ("0", "00", "07", "0000", "0007", "2026", "00000", "9" * 900)


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, request_log=True)


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
        ("GET", f"/tags/{ID}", "/tags/<tag>"),
        ("GET", "/2026/07", "/2026/07"),
        ("POST", "/0000", "/0000"),
        ("POST", "/2026/2026", "unmatched"),
        ("GET", "/static/0123456789ab/css/base.css", "/static/<version>/<path>"),
        ("GET", "/Jane Doe/+49-30-1234567", "unmatched"),
        ("GET", "/photos/a/b/c/d", "unmatched"),
        ("GET", f"/tags/{'x' * 2000}", "unmatched"),
        ("BREW", "/\N{WAVE DASH}\n", "unmatched"),
    ],
)
def test_a_path_is_logged_as_its_route(app: Flask, method: str, path: str, logged: str) -> None:
    assert match_path(app.url_map, method, path) == logged


@pytest.mark.parametrize("text", ["Jane", ID])
def test_no_route_shows_another_argument(app: Flask, text: str) -> None:
    """Only ids, numbers and words of the route itself are shown, also if a text looks like one."""
    for request in requests_with_paths(app, text.encode()):
        argument, _shape = request.wrong
        if text == ID and argument in ID_ARGUMENTS:
            continue
        logged = match_path(app.url_map, request.method, request.path.decode())
        assert text not in logged


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_are_as_in_the_path(app: Flask, number: str) -> None:
    """With any number in any argument and any method, valid or not, there is a text to log."""
    for request in requests_with_paths(app, number.encode()):
        path = request.path.decode()
        for method in METHODS:
            logged = match_path(app.url_map, method, path)
            assert "<" in logged or logged in {path, "unmatched"}


def test_a_request_and_its_refusal_have_the_same_path(
    app: Flask,
    visitor: Visitor,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Also if the route does not exist, or not for the method."""
    requests = [*plain_requests_to(app), *requests_with_paths(app, b"2026")]
    refused = 0
    for request in requests:
        caplog.clear()
        capsys.readouterr()
        visitor.client.open(buffered=True, **request.options())
        (line,) = capsys.readouterr().out.splitlines()
        path = json.loads(line)["path"]
        for message in caplog.messages:
            if " refused: " in message:
                refused += 1
                assert message.startswith(f"{request.method} {path} refused: ")
    assert refused


def test_a_redirect_of_the_router_is_no_route() -> None:
    routes = Map([Rule("/albums/", endpoint="albums")])
    assert match_path(routes, "GET", "/albums") == "unmatched"


@pytest.mark.parametrize("text", ["", "mina", ID.lower(), f"{ID}0", f" {ID}", f"{ID}\n"])
def test_other_texts_are_no_ids(text: str) -> None:
    assert is_id(ID)
    assert not is_id(text)
