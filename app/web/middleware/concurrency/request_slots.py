"""Limit how many requests a process works on at the same time.

A server has more threads than that, because upload forms and changes wait in threads for their
turn. Few requests that are worked on at once are faster than many, and each of them takes memory
and a connection to the storage. Requests that may wait for long take at most 20 of the slots
(`form_limits` and `slow_requests`), so pages find one. The health check of the process needs none.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Semaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SLOTS = 24
HEALTH_PATH = "/healthz"
_ENVIRON_KEY = "shoebox.request_slots"


class RequestSlots:
    """Gives each request a slot until its response begins. Others wait for the next free one.

    Args:
        app: The WSGI app.
        slots: The most requests at the same time.
    """

    def __init__(self, app: "WSGIApplication", slots: int = SLOTS) -> None:
        self._app = app
        self._slots = Semaphore(slots)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Run the app in a slot, but the health check at once."""
        if environ.get("PATH_INFO") == HEALTH_PATH:
            return self._app(environ, start_response)
        with self._slots:
            environ[_ENVIRON_KEY] = self._slots
            return self._app(environ, start_response)


@contextmanager
def slot_released(environ: "WSGIEnvironment") -> Iterator[None]:
    """Leave the slot of a request to others during the block, in which the request waits."""
    slots: Semaphore | None = environ.get(_ENVIRON_KEY)
    if slots is None:  # the app is called without the middleware
        yield
        return
    slots.release()
    try:
        yield
    finally:
        slots.acquire()
