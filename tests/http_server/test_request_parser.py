"""A request costs little time to parse, whatever it contains, and has one meaning.

Covers app.http_server.chunks.
"""

from types import SimpleNamespace

import pytest
from waitress.adjustments import Adjustments

from app.http_server import limits
from app.http_server.request_parser import RequestParser
from tests.http_server.live_server import BODY_LIMITS

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"
UPLOAD = b"POST /upload HTTP/1.1\r\nHost: a\r\n"
CHUNKED = UPLOAD + b"Transfer-Encoding: chunked\r\n\r\n"


def parse(data: bytes, step: int = 100_000) -> RequestParser:
    """Return the parser of the first request in `data`, of which `step` bytes arrive at a time."""
    server = SimpleNamespace(body_limits=BODY_LIMITS, make_room_for=lambda _request: True)
    connection = SimpleNamespace(requests=[], server=server, network="127.0.0.1")
    parser = RequestParser(Adjustments(), connection)  # type: ignore[arg-type]  # what it uses
    while data and not parser.completed:
        arrived = data[:step]
        while arrived and not parser.completed:
            consumed = parser.received(arrived)
            arrived = arrived[consumed:]
            data = data[consumed:]
    return parser


@pytest.mark.parametrize(
    "request_sent",
    [
        b"GET http://" + b"1" * 30_000 + b" x y\r\n\r\n",
        b"GET /" + b"://1" * 7_000 + b" x y\r\n\r\n",
        HEAD + b"X: " + b" " * 30_000 + b"\0\r\n\r\n",
        HEAD + b"X:\r\n" + (b" " * 99 + b"\r\n") * 300 + b"\0\r\n\r\n",
        HEAD + b"Content-Length: " + b"9" * 30_000 + b"\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 101 + b"\r\n",
        b"GET / HTTP/3.0\r\nHost: a\r\n\r\n",
        b"GET /\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
    ],
    ids=[
        "address",
        "path",
        "spaces",
        "folded",
        "length",
        "URL",
        "headers",
        "version",
        "no version",
        "TLS",
    ],
)
def test_unusual_headers_are_refused(request_sent: bytes) -> None:
    """The response is 400. The patterns of waitress would take minutes for the first ones."""
    parser = parse(request_sent)
    assert parser.completed
    assert parser.error.code == 400


@pytest.mark.parametrize(
    ("version", "headers"),
    [
        (b"1.0", b"Host: a\r\nTransfer-Encoding: chunked\r\n"),
        (b"1.1", b"Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        (b"1.1", b"Host: a\r\nContent-Length: 0\r\ntransfer-encoding: chunked\r\n"),
        (b"1.1", b"Host: a\r\nTransfer-Encoding: chunked, chunked\r\n"),
        (b"1.1", b"Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        (b"1.1", b"Host: a\r\nTransfer-Encoding:\r\n"),
        (b"1.1", b"Host: a\r\nTransfer-Encoding: ,\r\n"),
        (b"1.1", b"Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n"),
        (b"1.1", b"Host: a\r\nHost: b\r\n"),
        (b"1.1", b"Host: a\r\nhost: a\r\n"),
        (b"1.0", b"Host: a\r\nHost: b\r\n"),
        (b"1.1", b""),
    ],
)
def test_ambiguous_requests_are_refused(version: bytes, headers: bytes) -> None:
    """The response is 400: a proxy may see another host, or another request in the body."""
    body = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    parser = parse(b"POST /upload HTTP/%s\r\n%s\r\n%s" % (version, headers, body))
    assert parser.completed
    assert parser.error is not None
    assert parser.error.code == 400


def test_unknown_transfer_coding_is_not_implemented() -> None:
    """The response is 501 (RFC 9112, section 6.1)."""
    parser = parse(HEAD + b"Transfer-Encoding: gzip\r\n\r\n")
    assert parser.error.code == 501


@pytest.mark.parametrize("step", [1, 2, 3, 1_000])
@pytest.mark.parametrize(
    "body",
    [b"\r\n5\r\nphoto\r\n0\r\n\r\n", b"5\r\nphoto\r\n\r\n0\r\n\r\n", b"1\r\n\r\r\n\r\n0\r\n\r\n"],
)
def test_blank_lines_between_chunks_are_refused(body: bytes, step: int) -> None:
    """The response is 400, however the bytes are divided (RFC 9112, section 7.1)."""
    parser = parse(CHUNKED + body, step)
    assert parser.completed
    assert parser.error is not None
    assert parser.error.code == 400
    parser.close()


@pytest.mark.parametrize("step", [1, 2, 3, 1_000])
def test_newlines_in_chunks_are_data(step: int) -> None:
    """Chunks end after their bytes, not at a newline; extensions and trailers are ignored."""
    body = b"2;a=b\r\n\r\n\r\n" + b"3\r\n\r\n\r\r\n" + b"0\r\nX: y\r\n\r\n"
    parser = parse(CHUNKED + body, step)
    assert parser.completed
    assert parser.error is None
    assert parser.get_body_stream().read() == b"\r\n\r\n\r"
    parser.close()


@pytest.mark.parametrize(
    "body",
    [
        b"1" * 5_000,
        b"1;" + b"a=b;" * 1_000,
        b"1\r\nx\r\n" * 1_000,
        b"0\r\n" + b"X: y\r\n" * 1_000,
    ],
    ids=["size", "extension", "small", "trailers"],
)
def test_unusual_chunks_are_refused(body: bytes) -> None:
    """A chunked body is parsed in bounded steps of bounded cost."""
    parser = parse(CHUNKED + body)
    assert parser.completed
    assert parser.error.code == 400
    parser.close()


def test_chunked_body_is_read() -> None:
    """The app gets its bytes and its length."""
    parser = parse(CHUNKED + b"5\r\nphoto\r\n" * 20 + b"0\r\n\r\n")
    assert parser.completed
    assert parser.error is None
    assert parser.get_body_stream().read() == b"photo" * 20
    assert parser.headers["CONTENT_LENGTH"] == "100"
    parser.close()


@pytest.mark.parametrize(
    "line",
    [b"GET /tags/\xeb\xb0\x94?q=a://b HTTP/1.1", b"GET http://a.example/tags HTTP/1.0"],
)
def test_usual_request_lines_are_accepted(line: bytes) -> None:
    """Clients send raw UTF-8, and absolute addresses to proxies (RFC 9112, section 3.2.2)."""
    parser = parse(line + b"\r\nHost: a\r\nCookie: " + b"c=v; " * 1_000 + b"\r\n\r\n")
    assert parser.completed
    assert parser.error is None
    assert parser.path in {"/tags/\xeb\xb0\x94", "/tags"}


def test_slower_bodies_have_later_deadlines_only_if_bytes_arrive() -> None:
    """Headers have 10 seconds; a body has a minute, and a second more for each kB."""
    parser = parse(HEAD)
    assert parser.deadline == parser.started_at + limits.HEADER_SECONDS
    parser = parse(UPLOAD + b"Content-Length: 90000\r\n\r\n" + bytes(5_000))
    assert parser.deadline == pytest.approx(parser.started_at + 60 + 5)
    parser.close()
