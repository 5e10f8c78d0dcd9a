"""Oversized and malformed requests and files are refused and leave nothing in storage."""

import gzip
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from unittest import mock
from urllib.parse import urlsplit

import pytest

from tests.backends import Backend
from tests.sample_images import jpeg
from tests.server.client import get
from tests.server.site import RunningSite
from tests.visitor import JSON, Visitor

UPLOAD = b"POST /upload HTTP/1.1\r\nHost: localhost\r\n"


def is_empty(backend: Backend) -> bool:
    """Return whether the backend has no objects and no photos."""
    return list(backend.objects.list("")) == [] and list(backend.catalog.photos()) == []


def png_chunk(name: bytes, body: bytes) -> bytes:
    """Return a PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def compressed_png(width: int, height: int, *more: bytes) -> bytes:
    """Return a PNG that declares a size and inflates to 4 MiB of zeros."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(2**22), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + b"".join(more)
        + png_chunk(b"IDAT", pixels)
        + png_chunk(b"IEND", b"")
    )


def png_with_compressed(name: bytes, keyword: bytes) -> bytes:
    """Return a PNG with a chunk that inflates to 64 MiB of zeros."""
    body = keyword + b"\0\0" + zlib.compress(bytes(2**26), 9)
    return compressed_png(5_000, 5_000, png_chunk(name, body))


BOMBS: dict[str, Callable[[], bytes]] = {
    "pixels": lambda: compressed_png(60_000, 60_000),
    "most pixels": lambda: compressed_png(2**31 - 1, 2**31 - 1),
    "one line": lambda: compressed_png(2**31 - 1, 1),
    "text": lambda: png_with_compressed(b"zTXt", b"Comment"),
    "profile": lambda: png_with_compressed(b"iCCP", b"profile"),
    "gzip": lambda: gzip.compress(bytes(2**26), 9),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_decompression_bomb_is_refused(visitor: Visitor, backend: Backend, name: str) -> None:
    """A small file that declares or inflates to something huge gets a 4xx and leaves nothing."""
    response = visitor.upload(BOMBS[name]())
    assert response.status_code in {413, 422}
    assert is_empty(backend)


def test_a_compressed_request_body_is_not_inflated(visitor: Visitor, backend: Backend) -> None:
    """The site ignores Content-Encoding of requests: a compressed body is not a form."""
    headers = JSON | {"Content-Encoding": "gzip", "Content-Type": "multipart/form-data; boundary=x"}
    response = visitor.client.post("/upload", data=gzip.compress(bytes(2**20)), headers=headers)
    assert 400 <= response.status_code < 500
    assert is_empty(backend)


def test_a_form_field_of_600_kb_is_refused(visitor: Visitor, backend: Backend) -> None:
    """No field takes more memory than the longest text needs."""
    names = ("title", "description", "tags", "alt", "contributor_name", "csrf_token", "unknown")
    for name in names:
        form = {name: "x" * 600_000, "photo": (BytesIO(jpeg(80, 60)), "a.jpg")}
        assert visitor.post("/upload", form, JSON).status_code == 413, name
    assert is_empty(backend)


def test_a_form_with_too_many_parts_is_refused(visitor: Visitor, backend: Backend) -> None:
    """A form with more parts than any form of the site is refused as a whole."""
    many = {f"field{number}": "x" for number in range(1001)}
    response = visitor.post("/upload", many | {"photo": (BytesIO(jpeg(80, 60)), "a.jpg")}, JSON)
    assert response.status_code == 413
    assert is_empty(backend)


def test_a_thousand_tags_are_refused(visitor: Visitor, backend: Backend) -> None:
    """The text is validated before any photo is processed."""
    response = visitor.upload(jpeg(80, 60), tags=",".join(f"tag{number}" for number in range(1000)))
    assert response.status_code == 422
    assert is_empty(backend)


def test_a_long_file_name_is_cut(visitor: Visitor) -> None:
    """Of a name of 10,000 letters 255 are kept, and no path."""
    response = visitor.upload(jpeg(80, 60), names=("../" * 1000 + "x" * 10_000 + ".jpg",))
    assert response.status_code == 303
    assert "x" * 255 in visitor.get(response.location).text
    assert "x" * 256 not in visitor.get(response.location).text


@pytest.mark.parametrize("path", ["/tags/", "/tags/{}/feed.xml"])
def test_a_tag_that_is_too_long_is_not_found_without_a_read(
    visitor: Visitor, backend: Backend, path: str
) -> None:
    """DynamoDB refuses keys of 2048 bytes or more, so the view answers 404 before it reads."""
    with mock.patch.object(backend.catalog, "page", side_effect=AssertionError("read")):
        for tag in ("x" * 51, "바" * 1000):
            assert visitor.get(path.format(tag) if "{}" in path else path + tag).status_code == 404


LONG_URLS = [
    "/tags/" + "x" * 3000,
    "/tags/" + "바" * 1000,
    "/tags/" + "x" * 3000 + "/feed.xml",
    "/photos/" + "0" * 3000,
    "/?before=" + "0" * 3000,
    "/search?q=" + "x" * 3000,
    "/search?q=" + "+".join(f"word{n}" for n in range(500)),
    "/nothing?" + "&".join(f"a{n}=b" for n in range(500)),
    "/?lang=" + "x" * 3000,
    "/login?next=/" + "x" * 3000,
    "/oembed?url=" + "x" * 3000,
    "/sitemap-9999-99.xml",
    "/sitemap-0000-00.xml",
    "/sitemap-albums-9999-99.xml",
    "/sitemap-albums-0000-00.xml",
]


def test_long_urls_do_not_cause_server_errors(visitor: Visitor) -> None:
    """Values longer than any valid one are not found or cut."""
    for url in LONG_URLS:
        assert visitor.get(url).status_code in {200, 302, 400, 404}, url[:40]


UNUSUAL_HEADERS = [
    ("Authorization", "Bearer " + "x" * 5000),
    ("Authorization", "Basic " + "x" * 5000),
    ("Authorization", "Bearer"),
    ("Cookie", f"{{session}}={'x' * 5000}; {{contributor}}={'y' * 5000}"),
    ("Cookie", "; ".join(f"c{n}=v" for n in range(500))),
    ("Accept", ",".join(f"text/x{n};q=0.{n}" for n in range(500))),
    ("Accept-Language", ",".join(f"x{n};q=0.{n}" for n in range(500))),
    ("If-None-Match", ",".join(f'"{n}"' for n in range(500))),
    ("Range", "bytes=" + ",".join(f"{n}-{n}" for n in range(500))),
    ("X-Forwarded-For", ",".join(f"203.0.113.{n % 250}" for n in range(500))),
    ("Content-Length", "many"),
    ("X-HTTP-Method-Override", "DELETE"),
]


@pytest.mark.parametrize("path", ["/", "/upload", "/robots.txt"])
def test_unusual_headers_do_not_cause_server_errors(visitor: Visitor, path: str) -> None:
    """Pages are served as usual."""
    cookies = {purpose: visitor.cookie_name(purpose) for purpose in ("session", "contributor")}
    for name, value in UNUSUAL_HEADERS:
        header = value.format_map(cookies)
        response = visitor.get(path, headers={name: header})
        assert response.status_code in {200, 206, 416}, (name, value[:40])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    with RunningSite(tmp_path_factory.mktemp("site")) as site:
        yield site


def status_line(site: RunningSite, request: bytes) -> bytes:
    """Return the first line of the response to raw bytes; empty if the connection is cut."""
    host, port = urlsplit(site.url).hostname, urlsplit(site.url).port
    with socket.create_connection((host, port or 80), timeout=30) as connection:
        try:
            connection.sendall(request)
            return connection.makefile("rb").readline()
        except ConnectionError:
            return b""


@pytest.mark.parametrize(
    "request_sent",
    [
        b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n"
        + b"".join(b"X%d: y\r\n" % n for n in range(500))
        + b"\r\n",
        UPLOAD + b"Content-Length: -1\r\n\r\n",
        UPLOAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        UPLOAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        UPLOAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX : y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n X: folded\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
    ids=[
        "line",
        "header",
        "headers",
        "length",
        "lengths",
        "smuggled",
        "coding",
        "space",
        "folded",
        "version",
        "TLS",
    ],
)
def test_a_malformed_http_request_is_refused(site: RunningSite, request_sent: bytes) -> None:
    """The request gets a 4xx, 501 or 505 or a cut connection, and the site keeps serving."""
    response = status_line(site, request_sent)
    assert (
        response == b""
        or response.split()[1].startswith(b"4")
        or response.split()[1] in {b"501", b"505"}
    )
    assert get(site.url)[0] == "text/html; charset=utf-8"
