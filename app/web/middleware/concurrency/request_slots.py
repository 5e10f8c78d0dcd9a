"""Limit how many requests a process handles at the same time.

A few concurrent requests are faster than many, and each request takes memory and a connection to
the storage. The server has more threads than slots, because upload forms and changes wait for their
turn in threads. Requests that may wait for a long time take at most 20 of the slots (`form_limits`
and `slow_requests`), so there is always a slot for a page. One address cannot take all slots. The
health check needs no slot.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import TIMEOUT_MAX
from typing import TYPE_CHECKING

from app.domain.errors import Busy
from app.web.client_address import network_of
from app.web.middleware.concurrency.concurrency_limit import ConcurrencyLimit, Queue

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SLOTS = 24
SLOTS_PER_ADDRESS = 20
HEALTH_PATH = "/healthz"
# Threads and connections limit how many wait, not this queue: no page is refused.
_QUEUE = Queue(most=sys.maxsize, most_per_address=sys.maxsize, seconds=TIMEOUT_MAX)
_ENVIRON_KEY = "shoebox.request_slots"


class RequestSlots:
    """Gives each request a slot until its response begins. Other requests wait for a free slot.

    Args:
        app: The WSGI app.
        slots: The most requests at the same time.
        slots_per_address: The most slots that one address can take.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        slots: int = SLOTS,
        slots_per_address: int = SLOTS_PER_ADDRESS,
    ) -> None:
        self._app = app
        self._slots = ConcurrencyLimit(slots, slots_per_address, Busy, _QUEUE)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Run the app in a slot. The health check runs at once."""
        if environ.get("PATH_INFO") == HEALTH_PATH:
            return self._app(environ, start_response)
        slot = _Slot(self._slots, network_of(environ.get("REMOTE_ADDR") or "127.0.0.1"))
        environ[_ENVIRON_KEY] = slot
        slot.acquire()
        try:
            return self._app(environ, start_response)
        finally:
            slot.release()


@dataclass(frozen=True, slots=True)
class _Slot:
    """The slot of one request."""

    limit: ConcurrencyLimit
    address: str

    def acquire(self) -> None:
        self.limit.acquire(self.address)

    def release(self) -> None:
        self.limit.release(self.address)


@contextmanager
def slot_released(environ: "WSGIEnvironment") -> Iterator[None]:
    """Release the slot of a request during the block, in which the request waits."""
    slot: _Slot | None = environ.get(_ENVIRON_KEY)
    if slot is None:  # the app is called without the middleware
        yield
        return
    slot.release()
    try:
        yield
    finally:
        slot.acquire()
