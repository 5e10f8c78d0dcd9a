"""Static files whose responses are kept."""

import gzip
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web.middleware import static_responses
from tests.visitor import Visitor
from tests.web.middleware.test_media_files import disable_flask, headers_of


@pytest.fixture
def stylesheet(visitor: Visitor) -> str:
    """The path of a style sheet."""
    return visitor.get("/").text.split('rel="stylesheet" href="')[1].split('"')[0]


@pytest.mark.parametrize("accepted", ["", "gzip", "gzip, deflate, br, zstd", "identity", "*;q=0"])
def test_a_kept_response_is_flasks(
    app: Flask,
    visitor: Visitor,
    stylesheet: str,
    accepted: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second request gets the same status, headers and body, without Flask."""
    headers = {"Accept-Encoding": accepted}
    first = visitor.get(stylesheet, headers=headers)
    disable_flask(app, monkeypatch)
    second = visitor.get(stylesheet, headers=headers)
    assert (second.status, second.data) == (first.status, first.data)
    assert headers_of(second) == headers_of(first)
    assert second.headers["Vary"] == first.headers["Vary"]
    assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def test_each_encoding_has_its_own_response(visitor: Visitor, stylesheet: str) -> None:
    """A client that does not accept gzip never gets the response of one that does."""
    compressed = visitor.get(stylesheet, headers={"Accept-Encoding": "gzip"})
    plain = visitor.get(stylesheet, headers={"Accept-Encoding": "identity"})
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(compressed.data) == plain.data


def test_https_has_its_own_response(config: Config, services: Services) -> None:
    """Strict-Transport-Security is sent over TLS only."""
    visitor = Visitor(create_app(replace(config, proxy_hops=1), services))
    path = visitor.get("/").text.split('rel="stylesheet" href="')[1].split('"')[0]
    for scheme in ("http", "https", "http", "https"):
        headers = visitor.get(path, headers={"X-Forwarded-Proto": scheme}).headers
        assert ("Strict-Transport-Security" in headers) is (scheme == "https")


def test_a_browser_with_the_file_gets_304(visitor: Visitor, stylesheet: str) -> None:
    etag = visitor.get(stylesheet).headers["ETag"]
    assert visitor.get(stylesheet, headers={"If-None-Match": etag}).status_code == 304


def test_other_hosts_get_no_kept_response(config: Config, services: Services) -> None:
    """A response that is kept for the site's own host is sent to no other one."""
    visitor = Visitor(create_app(replace(config, trusted_hosts=("photos.example.org",)), services))
    trusted = "http://photos.example.org"
    page = visitor.get("/", base_url=trusted)
    path = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert visitor.get(path, base_url=trusted).status_code == 200
    assert visitor.get(path, base_url="http://evil.example").status_code == 400


def test_the_number_of_responses_is_bounded(
    visitor: Visitor, stylesheet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that always sends another encoding gets a response, and memory is bounded."""
    monkeypatch.setattr(static_responses, "MAX_RESPONSES", 3)
    for number in range(10):
        response = visitor.get(stylesheet, headers={"Accept-Encoding": f"x-{number}"})
        assert response.status_code == 200
    missing = f"{stylesheet}.missing"
    assert [visitor.get(missing).status_code for _ in range(2)] == [404, 404]
