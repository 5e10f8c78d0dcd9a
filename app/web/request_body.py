"""Read the rest of a request body after the response is decided."""

import time

from flask import request
from werkzeug.exceptions import RequestTimeout

MAX_BYTES = 2**31  # a client that sends more than 2 GiB has its connection closed
MAX_SECONDS = 30
_CHUNK_BYTES = 2**16


def drain_body() -> None:
    """Read and discard the body: browsers read no response while they still send."""
    remaining = min(request.content_length or 0, MAX_BYTES)
    deadline = time.monotonic() + MAX_SECONDS
    while remaining > 0 and time.monotonic() < deadline:
        try:
            chunk = request.environ["wsgi.input"].read(min(remaining, _CHUNK_BYTES))
        except RequestTimeout:
            return
        if not chunk:
            return
        remaining -= len(chunk)
