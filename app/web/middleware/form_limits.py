"""Limit the size of forms, and how many upload forms a process serves at once.

Other upload forms wait for their turn, in the order of their arrival. Forms leave slots and threads
for pages (`concurrency/slow_requests.py`). The app reads nothing of a waiting form, and nothing of
a large form from a visitor who may not upload.
"""

from time import monotonic

from flask import Flask, g, request

from app.domain.errors import Busy
from app.web.auth import guest_access
from app.web.middleware.concurrency.concurrency_limit import ConcurrencyLimit, Queue
from app.web.middleware.concurrency.request_slots import slot_released
from app.web.middleware.rate_limits import uploader_key

MAX_FORMS = 8  # that a process serves
MAX_FORMS_PER_ADDRESS = 4  # static/js/upload.js sends three at once
# 150 guests of a party may send forms at the same moment. Each waiting form takes a thread (see
# deploy/gunicorn.conf.py) and about 200 kB of memory.
MAX_WAITING_FORMS = 450
MAX_WAITING_FORMS_PER_ADDRESS = 20
# After this time, the response asks the visitor to try again. An AWS load balancer waits 60 seconds
# for a response (Elastic Load Balancing User Guide, "Connection idle timeout").
MAX_QUEUE_SECONDS = 45.0
MAX_SMALL_FORM_BYTES = 64_000  # of every form but that of an upload
_UPLOAD = "upload.create"
_NOTHING = 0  # bytes


class TooManyForms(Busy):
    """The limits of upload forms are reached, in total or for this address."""


def init_app(app: Flask, max_upload_form_bytes: int) -> None:
    """Apply the limits before a body is read."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_SMALL_FORM_BYTES
    queue = Queue(MAX_WAITING_FORMS, MAX_WAITING_FORMS_PER_ADDRESS, MAX_QUEUE_SECONDS)
    limit = ConcurrencyLimit(MAX_FORMS, MAX_FORMS_PER_ADDRESS, TooManyForms, queue)

    @app.before_request
    def acquire() -> None:
        if request.endpoint != _UPLOAD:
            return
        request.max_content_length = _NOTHING  # the page of an error must not read the form
        address = uploader_key()
        started = monotonic()
        with slot_released(request.environ):
            limit.acquire(address)
        g.address_of_form = address
        g.seconds_in_queue = monotonic() - started
        if not _is_small():
            guest_access.require_upload_here()
        request.max_content_length = max_upload_form_bytes

    @app.teardown_request
    def release(_error: BaseException | None) -> None:
        address = g.pop("address_of_form", None)
        if address is not None:
            limit.release(address)


def seconds_in_queue() -> float:
    """Return how long the form of the current request has waited for its turn."""
    seconds: float = g.get("seconds_in_queue", 0.0)
    return seconds


def is_unread() -> bool:
    """Return whether the form was refused before its body was read."""
    return request.endpoint == _UPLOAD and request.max_content_length == _NOTHING


def _is_small() -> bool:
    """Return whether the app reads even a rejected form, to show the typed texts again."""
    length = request.content_length
    return length is not None and length <= MAX_SMALL_FORM_BYTES
