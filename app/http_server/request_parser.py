"""Parse one request, and bound the work and the space that it takes."""

import re
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import BadRequest
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.errors import Busy
from app.http_server import chunks, limits
from app.http_server.body_buffer import BodyBuffer
from app.web.client_address import network_of

if TYPE_CHECKING:
    from app.http_server.connection import Connection

# waitress's own patterns take minutes for requests that do not match these (RFC 9112, section 3).
_REQUEST_LINE = re.compile(rb"[A-Z]{1,20} [^\x00-\x20]+ HTTP/1\.[01]")
# Folded lines are obsolete (RFC 9112, section 5.2), and no header has 100 spaces in a row.
_OBSOLETE = re.compile(rb"\r\n[ \t]|[ \t]{100}")
_ONE_CODING = re.compile(rb"[^, \t]+")  # waitress answers 501 if it is not "chunked"
_NON_ASCII = re.compile(rb"[\x80-\xff]")  # curl sends UTF-8 as it was typed


class RequestParser(HTTPRequestParser):  # type: ignore[misc]  # waitress ships no types
    """The request that a connection is receiving.

    Attributes:
        started_at: When its first byte arrived, in seconds since the epoch.
        body: Where its body is stored; None without one.
        network: The IPv4 address or the IPv6 network for which the body counts.
    """

    expect_continue: bool

    def __init__(self, adjustments: Any, connection: "Connection") -> None:
        super().__init__(adjustments)
        self.started_at = time.time()
        self.body: BodyBuffer | None = None
        self.network = connection.network
        self._connection = connection
        self._space_checked_at = 0  # bytes of the body

    @property
    def deadline(self) -> float:
        """The time by which it must be complete, or its headers, if they are not."""
        if not self.headers_finished:
            return self.started_at + limits.HEADER_SECONDS
        seconds_for_bytes: float = self.body_bytes_received / limits.MIN_BODY_RATE
        return self.started_at + limits.BODY_SECONDS + seconds_for_bytes

    def received(self, data: bytes) -> int:
        """Parse the next bytes, and return how many of them belong to this request."""
        if len(self._connection.requests) >= limits.MAX_REQUESTS_AT_ONCE:
            self._connection.will_close = True
            self.completed = self.empty = True
            return len(data)
        if self.chunked:
            data = chunks.next_part(self.body_rcv, data)
            if chunks.is_blank_line(self.body_rcv, data):
                self._end_with_error("A blank line instead of the size of a chunk")
                return len(data)
        consumed: int = super().received(data)
        if self.body is not None and not self.completed:
            self._check_body(self.body)
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the headers, and prepare for the body. Raises ParsingError."""
        _check_headers(header_plus)
        line, newline, headers = header_plus.partition(b"\r\n")
        try:
            super().parse_header(_NON_ASCII.sub(_quote, line) + newline + headers)
        except ValueError as error:  # a URL or a length that Python cannot parse
            raise ParsingError("Invalid request") from error
        if self.body_rcv is not None:
            self._prepare_body()

    def refuse(self, error: Exception) -> None:
        """End the request early: the app reads `error` instead of the body."""
        if self.body is not None:
            self.body.refuse(error)
        self.headers["CONNECTION"] = "close"  # the rest of the body may follow
        self.completed = True

    def _prepare_body(self) -> None:
        body_limits = self._connection.server.body_limits
        self.network = self._client_network(body_limits.proxy_hops)
        most = body_limits.for_request(self.command, self.path)
        self.body = BodyBuffer(most)
        self.body_rcv.buf = self.body
        if self.content_length > most:
            self.body.refuse(RequestEntityTooLarge())
        elif self.content_length > limits.MEMORY_BYTES:
            self._check_space(self.body)

    def _client_network(self, proxy_hops: int) -> str:
        """Return the network of the client, which a trusted proxy names."""
        forwarded = self.headers.get("X_FORWARDED_FOR")
        addresses = forwarded.split(",") if forwarded else []
        if not 0 < proxy_hops <= len(addresses):
            return self._connection.network
        return network_of(addresses[-proxy_hops].strip())

    def _check_space(self, body: BodyBuffer) -> None:
        self._space_checked_at = body.stored_bytes
        if not self._connection.server.make_room_for(self):
            body.refuse(Busy())

    def _check_body(self, body: BodyBuffer) -> None:
        if body.stored_bytes >= self._space_checked_at + limits.MEMORY_BYTES:
            self._check_space(body)
        if self.expect_continue and body.error:  # the client waits before it sends the body
            self.expect_continue = False
            self.refuse(body.error)
        if self.chunked and chunks.are_unusual(self.body_rcv, body):
            self._end_with_error("The chunks are too small or their sizes too long")

    def _end_with_error(self, reason: str) -> None:
        """Let waitress answer 400 and close the connection."""
        self.error = BadRequest(reason)
        self.completed = True


def _check_headers(block: bytes) -> None:
    """Raise ParsingError for headers that would take long to parse, or that no client sends."""
    lines = block.split(b"\r\n")
    if not _REQUEST_LINE.fullmatch(lines[0].rstrip()):
        raise ParsingError("Invalid request line")
    if len(lines) > limits.MAX_HEADERS or _OBSOLETE.search(block):
        raise ParsingError("Invalid headers")
    _check_framing(lines[0].rstrip(), lines[1:])


def _check_framing(request_line: bytes, headers: list[bytes]) -> None:
    """Raise ParsingError where proxies and servers disagree on the end of a request or its host.

    See RFC 9112, sections 3.2, 6.1 and 6.3.
    """
    fields = [header.partition(b":") for header in headers]
    names = Counter(name.lower() for name, _colon, _value in fields)
    codings = [value for name, _, value in fields if name.lower() == b"transfer-encoding"]
    is_old = request_line.endswith(b"HTTP/1.0")
    if names[b"host"] > 1 or (names[b"host"] == 0 and not is_old):
        raise ParsingError("A request has one Host")
    if codings and (is_old or names[b"content-length"]):
        raise ParsingError("Transfer-Encoding in HTTP/1.0 or with Content-Length")
    if codings and not _ONE_CODING.fullmatch(b",".join(codings).strip(b" \t")):
        raise ParsingError("Invalid Transfer-Encoding")


def _quote(byte: re.Match[bytes]) -> bytes:
    return b"%%%02X" % byte[0][0]
