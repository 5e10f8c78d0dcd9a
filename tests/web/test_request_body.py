"""Draining a request body."""

from io import BytesIO

import pytest
from flask import Flask

from app.web import request_body


def remaining_after_drain(body: bytes) -> bytes:
    stream = BytesIO(body)
    environ = {"wsgi.input": stream, "CONTENT_LENGTH": str(len(body))}
    with Flask("test").test_request_context("/", method="POST", environ_overrides=environ):
        request_body.drain_body(max_seconds=1)
    return stream.read()


def test_whole_body_is_read() -> None:
    """Nothing remains that the client would still have to send."""
    assert remaining_after_drain(bytes(200_000)) == b""


def test_reading_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client cannot make the server read without end."""
    monkeypatch.setattr(request_body, "MAX_BYTES", 100_000)
    assert len(remaining_after_drain(bytes(200_000))) == 100_000
