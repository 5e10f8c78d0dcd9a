"""Share the space for request bodies among the networks of the clients."""

from collections import Counter
from typing import TYPE_CHECKING

from app.domain.errors import Busy
from app.http_server.limits import BodyLimits

if TYPE_CHECKING:
    from app.http_server.connection import Connection
    from app.http_server.request_parser import RequestParser


def make_room_for(
    request: "RequestParser", connections: list["Connection"], limits: BodyLimits
) -> bool:
    """Return whether a request may store more of its body.

    Only bytes that have arrived count. If the bodies of all clients take too much space, the
    network that takes most of it loses its largest body. So no network can keep the space from
    others, however slowly it sends.

    Args:
        request: A request that is being received.
        connections: All connections, including its own.
        limits: The limits of one network and of all.
    """
    stored = _stored_bytes(connections)
    if stored[request.network] >= limits.per_network:
        return False
    if stored.total() < limits.total:
        return True
    (largest, size), *_ = stored.most_common(1)
    return size > stored[request.network] and _discard_largest_body(largest, connections)


def _stored_bytes(connections: list["Connection"]) -> Counter[str]:
    """Return the bytes of the bodies of each network."""
    stored: Counter[str] = Counter()
    for connection in connections:
        for request in connection.open_requests:
            if request.body:
                stored[request.network] += request.body.stored_bytes
    return stored


def _discard_largest_body(network: str, connections: list["Connection"]) -> bool:
    """Refuse the largest body that a network is sending; return whether there is one."""
    sending = [connection.request for connection in connections if connection.request]
    bodies = [request.body for request in sending if request.network == network and request.body]
    largest = max(bodies, key=lambda body: body.stored_bytes, default=None)
    if largest is None or not largest.stored_bytes:
        return False
    largest.refuse(Busy())
    return True
