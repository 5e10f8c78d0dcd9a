"""Photos of the local backend that are sent without Flask.

Covers app.web.middleware.plain_requests.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.services.factory import Services
from tests.backends import Backend, local_backend
from tests.visitor import Visitor

# Flask answers a request with this header. The tag is not the file's, so it sends the whole file.
THROUGH_FLASK = {"If-None-Match": '"another"'}


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


def disable_flask(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every request fail that reaches Flask."""

    def fail(*_arguments: object) -> None:
        raise AssertionError("the request reached Flask")

    monkeypatch.setattr(app, "full_dispatch_request", fail)


def headers_of(response: TestResponse) -> dict[str, str]:
    """Return the headers of the file.

    The date comes from the server, and `Vary` from the compression that photos do not get.
    """
    others = ("X-Request-Id", "Date", "Vary")
    return {name: value for name, value in response.headers.items() if name not in others}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("proxy_hops", [0, 1])
def test_a_file_is_the_same_with_and_without_flask(
    config: Config, services: Services, scheme: str, proxy_hops: int
) -> None:
    """Body, status and all headers agree, for a rendition and for an original."""
    visitor = Visitor(create_app(replace(config, proxy_hops=proxy_hops), services))
    photo_id = visitor.add()
    forwarded = {"X-Forwarded-Proto": scheme}
    for key in (
        object_keys.rendition(photo_id, 160),
        object_keys.original(photo_id, "image/jpeg"),
    ):
        base_url = f"{scheme}://localhost"
        direct = visitor.get(f"/media/{key}", base_url=base_url, headers=forwarded)
        flask = visitor.get(f"/media/{key}", base_url=base_url, headers=forwarded | THROUGH_FLASK)
        assert (direct.status, direct.data) == (flask.status, flask.data)
        assert headers_of(direct) == headers_of(flask)


def test_plain_requests_do_not_reach_flask(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GET sends the file, and HEAD its headers."""
    path = f"/media/{object_keys.rendition(visitor.add(), 160)}"
    disable_flask(app, monkeypatch)
    whole = visitor.get(path)
    head = visitor.client.open(path, method="HEAD")
    assert whole.data.startswith(b"\xff\xd8")
    assert head.data == b""
    assert headers_of(head) == headers_of(whole)


def test_a_browser_with_the_file_gets_304(visitor: Visitor) -> None:
    """The tag and the date of the direct response are those that Flask compares."""
    path = f"/media/{object_keys.rendition(visitor.add(), 160)}"
    first = visitor.get(path).headers
    for condition in (
        {"If-None-Match": first["ETag"]},
        {"If-Modified-Since": first["Last-Modified"]},
    ):
        again = visitor.get(path, headers=condition)
        assert (again.status_code, again.data) == (304, b"")


def test_a_range_continues_the_direct_response(visitor: Visitor) -> None:
    """If-Range with the tag of the first response returns the rest of the same file."""
    path = f"/media/{object_keys.original(visitor.add(), 'image/jpeg')}"
    whole = visitor.get(path)
    headers = {"Range": "bytes=10-", "If-Range": whole.headers["ETag"]}
    rest = visitor.get(path, headers=headers)
    assert rest.status_code == 206
    assert rest.data == whole.data[10:]


def test_a_range_beyond_the_end_is_416(visitor: Visitor) -> None:
    path = f"/media/{object_keys.original(visitor.add(), 'image/jpeg')}"
    assert visitor.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_other_hosts_get_no_photo(config: Config, services: Services) -> None:
    """The same hosts are refused as for pages."""
    visitor = Visitor(create_app(replace(config, trusted_hosts=("photos.example.org",)), services))
    trusted = "http://photos.example.org"
    photo_id = Visitor(create_app(config, services)).add()
    path = f"/media/{object_keys.rendition(photo_id, 160)}"
    assert visitor.get(path, base_url=trusted).status_code == 200
    for host in ("evil.example", "localhost", "photos.example.org.evil.test", "a_b"):
        assert visitor.get(path, base_url=f"http://{host}").status_code >= 400, host


def test_a_folder_in_the_place_of_a_photo_is_not_found(visitor: Visitor, tmp_path: Path) -> None:
    """Flask answers requests for files that the middleware cannot open."""
    key = object_keys.rendition(visitor.add(), 160)
    path = tmp_path / "objects" / key
    path.unlink()
    path.mkdir()
    assert visitor.get(f"/media/{key}").status_code == 404


def test_other_methods_are_refused(visitor: Visitor) -> None:
    path = f"/media/{object_keys.rendition(visitor.add(), 160)}"
    for method in ("PUT", "DELETE"):
        response = visitor.client.open(path, method=method, headers={"X-Requested-With": "test"})
        assert response.status_code == 405
