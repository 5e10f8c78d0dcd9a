"""Read the rest of a request body after the response is decided."""

import time

from flask import g, request
from werkzeug.exceptions import RequestTimeout

MAX_BYTES = 2**31  # a client that sends more than 2 GiB has its connection closed
_CHUNK_BYTES = 2**16


def drain_body(max_seconds: float) -> None:
    """Read and discard the body: browsers read no response while they still send."""
    if "waitress.client_disconnected" in request.environ:
        return  # waitress has received the whole body
    if "timeout_stream" in g:  # a blocking read would not return at the deadline
        g.timeout_stream.set_deadline(max_seconds)
    remaining = min(request.content_length or 0, MAX_BYTES)
    deadline = time.monotonic() + max_seconds
    while remaining > 0 and time.monotonic() < deadline:
        try:
            chunk = request.environ["wsgi.input"].read(min(remaining, _CHUNK_BYTES))
        except RequestTimeout:
            return
        if not chunk:
            return
        remaining -= len(chunk)
