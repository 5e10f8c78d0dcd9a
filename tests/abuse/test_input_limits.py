"""Too much of anything: headers, fields, parts, names and pixels cost the sender, not the site."""

import gzip
import socket
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from unittest import mock
from urllib.parse import urlsplit

import pytest

from tests.backends import Backend
from tests.sample_images import jpeg
from tests.server.site import RunningSite
from tests.server.test_site import get
from tests.visitor import JSON, Visitor


def nothing_kept(backend: Backend) -> bool:
    return list(backend.objects.list("")) == [] and list(backend.catalog.photos()) == []


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, *more: bytes) -> bytes:
    """A PNG that says it is so large, and packs so many zeros into a few bytes."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(2**22), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(more)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "bomb",
    [
        png_of(60_000, 60_000),
        png_of(2**31 - 1, 2**31 - 1),
        png_of(2**31 - 1, 1),
        png_of(5_000, 5_000, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**26), 9))),
        png_of(5_000, 5_000, chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(2**26), 9))),
        gzip.compress(bytes(2**26), 9),
    ],
    ids=["pixels", "most pixels", "one line", "text", "profile", "gzip"],
)
def test_what_unpacks_to_far_more_is_refused(
    visitor: Visitor, backend: Backend, bomb: bytes
) -> None:
    """A small file that says or makes something huge is a 4xx in words, and leaves nothing."""
    answer = visitor.upload(bomb)
    assert answer.status_code in {413, 422}
    assert nothing_kept(backend)


def test_a_body_sent_compressed_is_not_unpacked(visitor: Visitor, backend: Backend) -> None:
    """Content-Encoding is nothing that the site speaks: what comes is taken as it is, which is no form."""
    headers = JSON | {"Content-Encoding": "gzip", "Content-Type": "multipart/form-data; boundary=x"}
    answer = visitor.client.post("/upload", data=gzip.compress(bytes(2**20)), headers=headers)
    assert 400 <= answer.status_code < 500
    assert nothing_kept(backend)


@pytest.mark.parametrize(
    "field", ["title", "description", "tags", "alt", "upload_id", "csrf_token", "unknown"]
)
def test_a_field_of_half_a_megabyte_is_refused(
    visitor: Visitor, backend: Backend, field: str
) -> None:
    """No field takes more memory than the longest text could need."""
    answer = visitor.post(
        "/upload", {field: "x" * 600_000, "photo": (BytesIO(jpeg()), "a.jpg")}, JSON
    )
    assert answer.status_code == 413
    assert nothing_kept(backend)


def test_a_thousand_parts_are_too_many(visitor: Visitor, backend: Backend) -> None:
    """A form of more parts than a page could have is refused as a whole."""
    many = {f"field{number}": "x" for number in range(1001)}
    answer = visitor.post("/upload", many | {"photo": (BytesIO(jpeg()), "a.jpg")}, JSON)
    assert answer.status_code == 413
    assert nothing_kept(backend)


def test_a_thousand_tags_in_one_field_are_refused_beside_it(
    visitor: Visitor, backend: Backend
) -> None:
    """The words are bounded before any photo is looked at."""
    answer = visitor.upload(jpeg(160, 120), tags=",".join(f"tag{number}" for number in range(1000)))
    assert answer.status_code == 422
    assert nothing_kept(backend)


def test_a_file_s_name_may_be_as_long_as_it_likes(visitor: Visitor) -> None:
    """A name of ten thousand letters makes a title of two hundred, and no path of anything."""
    answer = visitor.upload(jpeg(160, 120), names=("../" * 1000 + "x" * 10_000 + ".jpg",))
    assert answer.status_code == 303
    assert "x" * 200 in visitor.get(answer.location).text
    assert "x" * 201 not in visitor.get(answer.location).text


@pytest.mark.parametrize("path", ["/tags/", "/tags/{}/feed.xml"])
def test_a_tag_longer_than_any_is_not_asked_for(
    visitor: Visitor, backend: Backend, path: str
) -> None:
    """DynamoDB refuses keys of 2048 bytes and more: what no photo can carry is not found, without a read."""
    with mock.patch.object(backend.catalog, "page", side_effect=AssertionError("it reads")):
        for tag in ("x" * 51, "바" * 1000):
            assert visitor.get(path.format(tag) if "{}" in path else path + tag).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
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
    ],
    ids=lambda path: path[:20],
)
def test_no_address_is_too_long_for_an_answer(visitor: Visitor, path: str) -> None:
    """Names longer than any of ours are not found or cut, and never an error of the storage's."""
    assert visitor.get(path).status_code in {200, 302, 400, 404}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer " + "x" * 5000),
        ("Authorization", "Basic " + "x" * 5000),
        ("Authorization", "Bearer"),
        ("Cookie", "session=" + "x" * 5000 + "; contributor=" + "y" * 5000),
        ("Cookie", "; ".join(f"c{n}=v" for n in range(500))),
        ("Accept", ",".join(f"text/x{n};q=0.{n}" for n in range(500))),
        ("Accept-Language", ",".join(f"x{n};q=0.{n}" for n in range(500))),
        ("If-None-Match", ",".join(f'"{n}"' for n in range(500))),
        ("Range", "bytes=" + ",".join(f"{n}-{n}" for n in range(500))),
        ("X-Forwarded-For", ",".join(f"203.0.113.{n % 250}" for n in range(500))),
        ("Content-Length", "many"),
        ("X-HTTP-Method-Override", "DELETE"),
    ],
    ids=lambda it: it[:20],
)
def test_no_header_is_too_odd_for_an_answer(visitor: Visitor, name: str, value: str) -> None:
    """Whatever stands in it, pages are pages."""
    for path in ("/", "/upload", "/robots.txt"):
        assert visitor.get(path, headers={name: value}).status_code in {200, 206, 416}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    with RunningSite(tmp_path_factory.mktemp("site")) as site:
        yield site


def status_line(site: RunningSite, request: bytes) -> bytes:
    """The first line of the answer to `request`, as it goes over the wire; nothing where the connection is cut."""
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
        b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n"
        + b"".join(b"X%d: y\r\n" % n for n in range(500))
        + b"\r\n",
        b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
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
def test_a_request_that_no_browser_sends_is_refused(site: RunningSite, request_sent: bytes) -> None:
    """Too long, contradictory or malformed: a 4xx or a cut connection, and the site serves on."""
    answer = status_line(site, request_sent)
    assert (
        answer == b"" or answer.split()[1].startswith(b"4") or answer.split()[1] in {b"501", b"505"}
    )
    assert get(site.url)[0] == "text/html; charset=utf-8"
