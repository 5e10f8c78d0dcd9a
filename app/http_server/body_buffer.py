"""Store the body of one request until it is complete."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile, gettempdir
from typing import IO, NoReturn

from werkzeug.exceptions import RequestEntityTooLarge

from app.http_server.limits import MEMORY_BYTES
from app.web.middleware.form_parser import TempSpaceFull


class BodyBuffer:
    """A body in memory while it is small, then in a temporary file.

    waitress calls `append`, `getfile`, `close` and `len`.

    A body that is refused is received and discarded, since browsers read no response while they
    send. The app gets the error when it reads the body, and answers as it answers its own errors.

    Args:
        max_bytes: The most bytes to store.

    Attributes:
        error: Why the body is refused.
        pieces: The number of calls of `append`.
    """

    def __init__(self, max_bytes: int) -> None:
        self.error: Exception | None = None
        self.pieces = 0
        self._max_bytes = max_bytes
        self._size = 0
        self._file: IO[bytes] = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115  see close()

    def __len__(self) -> int:
        return self._size

    @property
    def stored_bytes(self) -> int:
        """The bytes that it takes in memory or on the disk."""
        return 0 if self.error else self._size

    def append(self, data: bytes) -> None:
        """Store the next bytes."""
        self.pieces += 1
        self._size += len(data)
        if self._size > self._max_bytes:
            self.refuse(RequestEntityTooLarge())
        if self.error is None:
            with self._refuse_on_full_disk():
                self._file.write(data)

    def refuse(self, error: Exception) -> None:
        """Discard the body, and let the app read `error` instead."""
        self.error = self.error or error
        self.close()

    def getfile(self) -> IO[bytes]:
        """Return the body as a file."""
        if self.error is None:
            with self._refuse_on_full_disk():
                self._file.seek(0)  # writes to the disk too
        if self.error:
            return io.BufferedReader(_RefusedBody(self.error))
        return self._file

    def close(self) -> None:
        """Free the memory and the disk space."""
        with suppress(OSError):  # the rest of the body does not fit on the disk
            self._file.close()

    @contextmanager
    def _refuse_on_full_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            full = TempSpaceFull(f"cannot write to {gettempdir()}: {error.strerror}")
            full.__cause__ = error
            self.refuse(full)


class _RefusedBody(io.RawIOBase):
    """A file that raises `error` when it is read."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> NoReturn:
        raise self._error
