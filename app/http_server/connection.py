"""One client's connection."""

import copy
import socket
import struct
from contextlib import suppress
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask
from werkzeug.exceptions import RequestTimeout

from app.http_server.limits import HEADER_SECONDS, SEND_BYTES, STREAM_BYTES
from app.http_server.request_parser import RequestParser
from app.web.client_address import network_of

_DISCARD_ON_CLOSE = struct.pack("ii", 1, 0)  # struct linger: on, 0 seconds (socket(7))


class Task(WSGITask):  # type: ignore[misc]  # waitress ships no types
    """A request that the app answers. It finds its connection in `shoebox.connection`."""

    def get_environment(self) -> dict[str, Any]:
        """Return the WSGI environment."""
        environ: dict[str, Any] = super().get_environment()
        environ["shoebox.connection"] = self.channel
        return environ

    def service(self) -> None:
        """Run the app."""
        try:
            super().service()
        finally:
            self.channel.adj = self.channel.server.adj  # see `Connection.limit_unsent_bytes`


class Connection(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """A connection that enforces deadlines and knows the address that limits count.

    Attributes:
        network: The client's IPv4 address, or its IPv6 network.
    """

    task_class = Task
    adj: Any  # the settings of the server
    request: RequestParser | None  # that is being received
    requests: list[RequestParser]  # that are being answered or wait for it
    will_close: bool

    def __init__(self, server: Any, sock: Any, address: Any, *options: Any, **more: Any) -> None:
        self.network = network_of(address[0])
        super().__init__(server, sock, address, *options, **more)
        self.sendbuf_len = SEND_BYTES

    @property
    def open_requests(self) -> list[RequestParser]:
        """The requests that are being received or answered."""
        return [*self.requests, self.request] if self.request else self.requests

    @property
    def is_busy(self) -> bool:
        """Whether a request or a response is incomplete."""
        return bool(self.request or self.requests or self.total_outbufs_len)

    def parser_class(self, adjustments: Any) -> RequestParser:
        """Return a parser for the next request."""
        return RequestParser(adjustments, self)

    def check_client_disconnected(self) -> bool:
        """Return whether the client has closed the connection; the app may ask at any time."""
        try:
            # A closed connection is readable and has no bytes left.
            first_byte: bytes = self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except (OSError, AttributeError):  # the server has closed it
            return True
        return first_byte == b""

    def limit_unsent_bytes(self) -> None:
        """Let the thread that writes this response wait for the client.

        Other responses are stored until the client has read them.
        """
        self.adj = copy.copy(self.adj)
        self.adj.outbuf_high_watermark = STREAM_BYTES

    def unsent_bytes(self) -> tuple[int, int]:
        """Return the bytes that clients have not read: of all, and of those in this network."""
        unsent = [(other.network, other.total_outbufs_len) for other in self.server.connections]
        of_network = sum(size for network, size in unsent if network == self.network)
        return sum(size for _network, size in unsent), of_network

    def handle_close(self) -> None:
        """Close the connection, and free the body that was being received."""
        if self.request:
            self.request.close()
        super().handle_close()

    def check_deadline(self, now: float) -> None:
        """End a request that arrives too slowly, and a connection without progress.

        Args:
            now: Seconds since the epoch.
        """
        if self.requests:  # the next one is read when they are answered
            return
        if self.will_close and self.total_outbufs_len:
            self.reset()
        elif self.request is None:
            is_silent = self.last_activity == self.creation_time
            self.will_close |= is_silent and now > self.creation_time + HEADER_SECONDS
        elif now > self.request.deadline:
            self._end_request()

    def reset(self) -> None:
        """Close the connection although the client has not read the whole response.

        Any thread may call this. waitress closes a connection when its socket accepts bytes, which
        this one does not. After `shutdown` the socket reports an error, and the server closes it.
        """
        with suppress(OSError):  # the client has just closed the connection
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DISCARD_ON_CLOSE)
            self.socket.shutdown(socket.SHUT_RDWR)

    def _end_request(self) -> None:
        """Let the app answer 408 to a body; do not answer half-sent headers."""
        with self.requests_lock:
            request, self.request = self.request, None
            if request is None or not request.headers_finished:
                self.will_close = True
                return
            request.refuse(RequestTimeout())
            self.requests.append(request)
            self.server.add_task(self)
