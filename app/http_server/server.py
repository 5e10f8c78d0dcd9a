"""Serve the app until the process gets SIGTERM or SIGINT."""

import signal
import socket
import time
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import TcpWSGIServer

from app.http_server import limits
from app.http_server.body_space import make_room_for
from app.http_server.connection import Connection
from app.http_server.limits import BodyLimits
from app.http_server.request_parser import RequestParser
from app.http_server.task_dispatcher import TaskDispatcher
from app.web.client_address import network_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_ACCEPTED_AT_ONCE = 100  # then the others have their turn


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress ships no types
    """A waitress server with limits.

    Args:
        app: The WSGI app.
        host: A name or an address, without brackets. Raises OSError if it cannot be listened on.
        port: The port; 0 for a free one.
        body_limits: The limits of request bodies.
        script_name: The beginning of all paths, which the app does not see.
        max_connections: The most connections of all clients.
        max_connections_per_address: The most of one address; None behind a proxy.
    """

    channel_class = Connection

    def __init__(
        self,
        app: "WSGIApplication",
        host: str,
        port: int,
        *,
        body_limits: BodyLimits,
        script_name: str = "",
        max_connections: int = limits.MAX_CONNECTIONS,
        max_connections_per_address: int | None = limits.MAX_CONNECTIONS_PER_ADDRESS,
    ) -> None:
        self.body_limits = body_limits
        self._max_connections_per_address = max_connections_per_address
        self._sockets: dict[int, Any] = {}
        self._is_stopping = False
        is_ipv6 = ":" in host
        super().__init__(
            app,
            self._sockets,
            listen=f"[{host}]:{port}" if is_ipv6 else f"{host}:{port}",
            ipv4=not is_ipv6,
            ipv6=is_ipv6,
            dispatcher=TaskDispatcher(limits.THREADS),
            url_prefix=script_name,
            connection_limit=max_connections,
            max_request_body_size=body_limits.max_upload_form + limits.DISCARDED_BYTES,
            **_ADJUSTMENTS,
        )

    @property
    def connections(self) -> list[Connection]:
        """The open connections."""
        return list(self.active_channels.values())

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then finish the running requests.

        A second signal ends the process at once.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._is_stopping:
            self._handle_events()
        self._finish()

    def handle_accept(self) -> None:
        """Accept the connections that wait; waitress accepts one and then polls all of them."""
        for _ in range(_ACCEPTED_AT_ONCE):
            open_before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == open_before:
                return

    def accept(self) -> tuple[socket.socket, Any] | None:
        """Accept the next connection, and refuse those of addresses that have too many."""
        for _ in range(_ACCEPTED_AT_ONCE):
            accepted: tuple[socket.socket, Any] | None = super().accept()
            if accepted is None or not self._has_too_many(accepted[1][0]):
                return accepted
            accepted[0].close()
        return None

    def set_socket_options(self, connection: socket.socket) -> None:
        """Bound the memory that the system takes for a client that does not read."""
        super().set_socket_options(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.SEND_BUFFER_BYTES)

    def maintenance(self, now: float) -> None:
        """Close idle connections and those that missed a deadline; waitress calls this often."""
        super().maintenance(now)
        for connection in self.connections:
            connection.check_deadline(now)

    def make_room_for(self, request: RequestParser) -> bool:
        """Return whether a request may store more of its body."""
        return make_room_for(request, self.connections, self.body_limits)

    def connections_of(self, network: str) -> list[Connection]:
        """Return the open connections of an address or an IPv6 network."""
        return [other for other in self.connections if other.network == network]

    def _has_too_many(self, address: str) -> bool:
        most = self._max_connections_per_address
        return most is not None and len(self.connections_of(network_of(address))) >= most

    def _handle_events(self) -> None:
        wasyncore.loop(timeout=1, use_poll=True, map=self._sockets, count=1)

    def _stop(self, *_signal: object) -> None:
        self._is_stopping = True
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        self.pull_trigger()

    def _finish(self) -> None:
        wasyncore.dispatcher.close(self)  # stops listening
        deadline = time.monotonic() + limits.GRACEFUL_SECONDS
        while self.connections and time.monotonic() < deadline:
            for connection in self.connections:
                connection.will_close |= not connection.is_busy
            self.maintenance(time.time())
            self._handle_events()
        self.task_dispatcher.shutdown(timeout=0)


_ADJUSTMENTS: dict[str, Any] = {
    "recv_bytes": limits.RECEIVE_BYTES,
    "outbuf_overflow": limits.MEMORY_BYTES,
    # A thread never waits for a client: a response is a file, or it fits into a temporary file.
    "outbuf_high_watermark": 2**62,
    "channel_timeout": limits.IDLE_SECONDS,
    "cleanup_interval": 1,  # seconds
    "max_request_header_size": limits.MAX_HEADER_BYTES,
    "asyncore_use_poll": True,
    "clear_untrusted_proxy_headers": False,  # the app's ProxyFix knows which to trust
    "log_socket_errors": False,  # clients disconnect
    "ident": "Shoebox",
}
