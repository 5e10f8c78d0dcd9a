"""The body of a request is stored up to a limit."""

import errno

import pytest
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.errors import Busy
from app.http_server import body_buffer
from app.http_server.body_buffer import BodyBuffer
from app.web.middleware.form_parser import TempSpaceFull


def test_body_is_read_as_it_arrived() -> None:
    """The app reads all pieces from the start, from memory or from a temporary file."""
    for piece in (b"photo", b"x" * body_buffer.MEMORY_BYTES):
        buffer = BodyBuffer(max_bytes=10**6)
        for _ in range(3):
            buffer.append(piece)
        assert (len(buffer), buffer.pieces) == (3 * len(piece), 3)
        assert buffer.getfile().read() == 3 * piece
        buffer.close()


def test_body_over_the_limit_is_discarded() -> None:
    """The app reads a 413 instead of a part of the body, each time that it reads."""
    buffer = BodyBuffer(max_bytes=10)
    buffer.append(b"x" * 10)
    assert buffer.error is None
    buffer.append(b"x")
    for _ in range(2):
        with pytest.raises(RequestEntityTooLarge):
            buffer.getfile().read(5)
    assert len(buffer) == 11


def test_first_error_is_reported() -> None:
    """A body that is refused while the site is busy stays refused for that reason."""
    buffer = BodyBuffer(max_bytes=10)
    buffer.refuse(Busy())
    buffer.append(b"x" * 20)
    with pytest.raises(Busy):
        buffer.getfile().read()


@pytest.mark.parametrize("method", ["write", "seek"])
def test_full_disk_is_reported_to_the_app(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """A disk may be full when bytes arrive, and when the last ones are written."""
    buffer = BodyBuffer(max_bytes=10**6)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(buffer._file, method, fail)
    buffer.append(b"photo")
    with pytest.raises(TempSpaceFull, match="No space left on device"):
        buffer.getfile().read()
