"""Let the server send a part of a file as it sends a whole file.

Werkzeug reads a range in the thread of the request, which a client that reads slowly would hold.
"""

from pathlib import Path
from typing import IO, Any

from flask import Response, request
from werkzeug.wsgi import wrap_file


class FilePart:
    """A file that ends at `stop`; its position is `start`.

    Args:
        file: The whole file.
        start: The position of the first byte.
        stop: The position after the last byte.
    """

    def __init__(self, file: IO[bytes], start: int, stop: int) -> None:
        file.seek(start)
        self._file = file
        self._stop = stop

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes of the part."""
        remaining = max(0, self._stop - self._file.tell())
        return self._file.read(remaining if size < 0 else min(size, remaining))

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the file: servers use `fileno`, `seek`, `tell` and `close`."""
        return getattr(self._file, name)


def send_range(response: Response, path: Path) -> None:
    """Replace the body of a 206 response with a part of the file at `path`.

    Raises FileNotFoundError if the file was deleted since the response was made.
    """
    start, stop = response.content_range.start, response.content_range.stop
    if start is None or stop is None:
        return
    response.close()  # the file that Werkzeug opened
    part = FilePart(path.open("rb"), start, stop)
    response.response = wrap_file(request.environ, part)  # type: ignore[arg-type]  # see FilePart
