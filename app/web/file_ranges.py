"""Answer conditional requests and ranges, and let the server send a part of a file.

Werkzeug answers 416 to ranges that RFC 9110, section 14.2, says to ignore. It also reads a range in
the thread of the request, which a client that reads slowly would hold.
"""

import re
from pathlib import Path
from typing import IO, Any

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_date
from werkzeug.wsgi import wrap_file

# RFC 9110, sections 14.1.1 and 14.1.2. A list of one range may have empty members (5.6.1.2).
_RANGE = re.compile(
    r"bytes=[ \t,]*(?:(?P<first>\d{1,20})-(?P<last>\d{0,20})|-(?P<suffix>\d{1,20}))[ \t,]*",
    re.ASCII | re.IGNORECASE,
)
_BEYOND = 10**15  # bytes; larger than any object


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


def make_conditional(response: Response, size: int) -> range | None:
    """Make a response a 304, a 412 or a 206, if the request asks for that.

    A range that is invalid or in another unit is ignored, and so are several ranges.

    Args:
        response: A whole file, with its validators.
        size: Its size in bytes.

    Returns:
        The positions of the bytes to send in a 206; None in every other response.

    Raises:
        RequestedRangeNotSatisfiable: The range begins beyond the end.
    """
    response.accept_ranges = "bytes"
    response.make_conditional(request)
    if _is_too_new(response):
        response.status_code = 412
    is_whole = response.status_code == 200 and request.method == "GET"
    if not (is_whole and size and _is_range_current(response)):
        return None
    positions = _requested_range(request.headers.get("Range", ""), size)
    if positions:
        response.status_code = 206
        response.content_range.set(positions.start, positions.stop, size)
        response.content_length = len(positions)
    return positions


def send_range(response: Response, path: Path, positions: range) -> None:
    """Replace the body of a 206 response with a part of the file at `path`.

    Raises FileNotFoundError if the file was deleted since the response was made.
    """
    response.close()  # the file that Werkzeug opened
    part = FilePart(path.open("rb"), positions.start, positions.stop)
    response.response = wrap_file(request.environ, part)  # type: ignore[arg-type]  # see FilePart


def _is_too_new(response: Response) -> bool:
    """Return whether the file was changed since If-Unmodified-Since (RFC 9110, section 13.1.4).

    Werkzeug does not read that header. If-Match replaces it.
    """
    since = parse_date(request.headers.get("If-Unmodified-Since"))
    modified = response.last_modified
    if since is None or modified is None or "If-Match" in request.headers:
        return False
    return modified > since


def single_range() -> str | None:
    """Return the Range header of the request, None if it must be ignored.

    It must be if the request has If-Range: this function knows no validator.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or "If-Range" in request.headers:
        return None
    first, last, suffix = (_position(match[name]) for name in ("first", "last", "suffix"))
    if suffix:
        return f"bytes=-{suffix}"
    return None if last and int(last) < int(first) else f"bytes={first}-{last}"


def _position(digits: str | None) -> str:
    """Return the digits of a number that every object store can parse."""
    return str(min(int(digits), _BEYOND)) if digits else ""


def _is_range_current(response: Response) -> bool:
    """Return whether the file is still the one that If-Range names (RFC 9110, section 13.1.5)."""
    validator = request.headers.get("If-Range")
    if validator is None or validator == response.headers.get("ETag"):
        return not (validator or "").startswith("W/")
    date = parse_date(validator)
    return date is not None and date == response.last_modified


def _requested_range(header: str, size: int) -> range | None:
    """Return the positions that a Range header asks for, None if it must be ignored."""
    match = _RANGE.fullmatch(header)
    if match is None:
        return None
    first, last, suffix = match["first"], match["last"], match["suffix"]
    start = max(0, size - int(suffix)) if suffix else int(first)
    stop = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise RequestedRangeNotSatisfiable(size)
    return range(start, stop)
