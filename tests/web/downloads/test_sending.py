"""The connection of a client that must not get the rest of a ZIP file is closed."""

import threading
from collections.abc import Generator

import pytest

from app.domain.errors import ObjectNotFound, StorageUnavailable
from app.services.downloads.zip_file import ContentChanged
from app.web.downloads import sending
from app.web.downloads.sending import send


def blocks(error: Exception | None = None) -> Generator[bytes, None, None]:
    yield b"a"
    if error:
        raise error
    yield b"b"


@pytest.fixture
def closed() -> threading.Event:
    return threading.Event()


def test_a_whole_file_stays_connected(closed: threading.Event) -> None:
    assert list(send(blocks(), closed.set)) == [b"a", b"b"]
    assert not closed.is_set()


@pytest.mark.parametrize(
    "error", [ObjectNotFound("photos/1"), ContentChanged("a.jpg"), StorageUnavailable("busy")]
)
def test_a_file_that_cannot_be_read_on_is_closed(
    closed: threading.Event, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says why, and no error reaches the server, which would log it again."""
    assert list(send(blocks(error), closed.set)) == [b"a"]
    assert closed.is_set()
    assert "ended early" in caplog.text


def test_a_client_that_reads_too_slowly_is_closed(
    closed: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that waits for it is freed, since the timer closes the connection."""
    monkeypatch.setattr(sending, "FREE_SECONDS", 0.05)
    body = send(blocks(), closed.set)
    next(body)
    assert closed.wait(30)
    body.close()


def test_a_client_that_reads_is_not_closed(
    closed: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte extends the time. After the last one nothing is watched."""
    monkeypatch.setattr(sending, "FREE_SECONDS", 0.05)
    monkeypatch.setattr(sending, "MIN_RATE", 1e-6)
    body = send(blocks(), closed.set)
    assert list(body) == [b"a", b"b"]
    assert not closed.wait(0.2)


def test_a_client_that_leaves_ends_the_reading(closed: threading.Event) -> None:
    """The blocks are closed, and with them the original."""
    source = blocks()
    body = send(source, closed.set)
    next(body)
    body.close()
    assert list(source) == []
    assert not closed.is_set()
