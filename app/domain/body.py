"""The body of an object: bytes, or a file that is read from its start.

Originals are files, so that slow storage does not fill the memory with photos that wait for it.
"""

import os
from typing import IO

Body = bytes | IO[bytes]


def size_of(body: Body) -> int:
    """Return the size in bytes, and leave a file at its start."""
    if isinstance(body, bytes):
        return len(body)
    size = body.seek(0, os.SEEK_END)
    body.seek(0)
    return size
