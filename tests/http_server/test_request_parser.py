"""A request costs little time to parse, whatever it contains."""

from types import SimpleNamespace

import pytest
from waitress.adjustments import Adjustments

from app.http_server import limits
from app.http_server.request_parser import RequestParser
from tests.http_server.live_server import BODY_LIMITS

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = b"POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def parse(data: bytes) -> RequestParser:
    """Return the parser of the first request in `data`, which arrived as a whole."""
    server = SimpleNamespace(body_limits=BODY_LIMITS, make_room_for=lambda _request: True)
    connection = SimpleNamespace(requests=[], server=server, network="127.0.0.1")
    parser = RequestParser(Adjustments(), connection)  # type: ignore[arg-type]  # what it uses
    while data and not parser.completed:
        data = data[parser.received(data) :]
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
    parser = parse(b"POST /upload HTTP/1.1\r\nContent-Length: 90000\r\n\r\n" + bytes(5_000))
    assert parser.deadline == pytest.approx(parser.started_at + 60 + 5)
    parser.close()
