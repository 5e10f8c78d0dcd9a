"""Limit the requests that may keep a slot for a long time, so there is always one for a page.

A page waits at most 3 seconds for the storage. A request for a file may wait longer. So may a
change, which may also wait for an image worker, or for a lease or lock that another change holds. A
process therefore handles only a few requests of each kind at once. The others wait for their turn
without a slot, in the order of their arrival. Upload forms have their own limits: see
`form_limits`.
"""

from dataclasses import dataclass

from flask import Flask, request

from app.domain.errors import Busy
from app.web.middleware.concurrency.concurrency_limit import ConcurrencyLimit, Queue
from app.web.middleware.concurrency.request_slots import slot_released
from app.web.middleware.rate_limits import client_key

# An image worker rotates the photo, or writes its credit into the files.
IMAGE_ENDPOINTS = frozenset({"photos.rotate", "photos.update", "selection.run"})
# GET requests that wait longer for the storage than a page does.
FILE_ENDPOINTS = frozenset({"photo_files.show", "store_media.file", "zip_files.show"})
_UPLOAD = "upload.create"
_ENVIRON_KEY = "shoebox.slow_request"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}  # RFC 9110, section 9.2.1


@dataclass(frozen=True, slots=True)
class Kind:
    """How many requests of a kind a process handles. Each waiting request takes a thread.

    Attributes:
        most: The limit of the process.
        most_per_address: The limit of one address.
        queue: How many may wait for their turn.
    """

    most: int
    most_per_address: int
    queue: Queue


IMAGES = Kind(most=3, most_per_address=2, queue=Queue(30, 10, 20.0))
# The guests of a party share one address: 80 of them may open the guest link at the same moment.
CHANGES = Kind(most=4, most_per_address=3, queue=Queue(100, 80, 20.0))
FILES = Kind(most=5, most_per_address=4, queue=Queue(60, 50, 20.0))
KINDS = (IMAGES, CHANGES, FILES)


def kind_of(method: str, endpoint: str | None) -> Kind | None:
    """Return the kind of a request, None for a page and for an upload form."""
    if method in _SAFE_METHODS:
        return FILES if endpoint in FILE_ENDPOINTS else None
    if endpoint in IMAGE_ENDPOINTS:
        return IMAGES
    return None if endpoint == _UPLOAD else CHANGES


def init_app(app: Flask) -> None:
    """Let requests wait before their body is read and before their deadline begins."""
    limits = {kind: _limit_of(kind) for kind in KINDS}

    @app.before_request
    def acquire() -> None:
        kind = kind_of(request.method, request.endpoint)
        if kind is None:
            return
        address = client_key()
        with slot_released(request.environ):
            limits[kind].acquire(address)
        request.environ[_ENVIRON_KEY] = kind, address  # `g` may be that of an outer request

    @app.teardown_request
    def release(_error: BaseException | None) -> None:
        kind, address = request.environ.pop(_ENVIRON_KEY, (None, ""))
        if kind is not None:
            limits[kind].release(address)


def _limit_of(kind: Kind) -> ConcurrencyLimit:
    return ConcurrencyLimit(kind.most, kind.most_per_address, Busy, kind.queue)
