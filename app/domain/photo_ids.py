"""Photo ids: ULIDs in their canonical spelling, which sort by creation time.

See https://github.com/ulid/spec. Every operation on the text of an id is in this module.
"""

import re
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from ulid import ULID, ULIDGenerator, base32

MIN_ID = str(ULID.from_int(0))
MAX_ID = str(ULID.from_int(2**128 - 1))

_PHOTO_ID = re.compile(f"[0-7][{base32.ENCODE}]{{25}}")
RANDOM_BITS = 80
_KEPT_TIMESTAMPS = 2048  # as many as the cards of photos that are kept


class PhotoIdFactory:
    """Create ids that are unique everywhere and strictly increasing within this process.

    Within one millisecond, and when the clock goes backwards, an id is the previous one plus 1
    (the monotonic mode of the ULID specification).

    Args:
        clock: Returns seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._generator = ULIDGenerator()
        self._latest = 0  # milliseconds since 1970

    def __call__(self) -> str:
        """Return a new photo id."""
        with self._lock:
            milliseconds = int(self._clock() * 1000)
            self._latest = max(self._latest, milliseconds)
            return str(self._generator.generate(self._latest))


def new_album_id() -> str:
    """Return an id of which 80 bits are random, so that it cannot be guessed."""
    return str(ULID())


def is_photo_id(text: str) -> bool:
    """Return whether `text` is a ULID in canonical, upper-case spelling."""
    return _PHOTO_ID.fullmatch(text) is not None


@lru_cache(_KEPT_TIMESTAMPS)
def timestamp_of(photo_id: str) -> datetime:
    """Return the time when the id was created, in UTC, to the millisecond."""
    return ULID.from_str(photo_id).datetime


def just_after(photo_id: str) -> str:
    """Return a text that sorts after the id, and before every larger one."""
    return f"{photo_id}0"


def milliseconds_of(photo_id: str) -> int:
    """Return the time when the id was created, in milliseconds since 1970."""
    return ULID.from_str(photo_id).milliseconds


def first_id_at(moment: datetime) -> str:
    """Return the smallest id that can be created at `moment`, which must be time zone aware."""
    return from_parts(int(moment.timestamp() * 1000), 0)


def from_parts(milliseconds: int, random_part: int) -> str:
    """Return the id of a time, in milliseconds since 1970, and of the 80 bits that follow it."""
    return str(ULID.from_int(milliseconds << RANDOM_BITS | random_part))


def next_id(photo_id: str) -> str:
    """Return the id directly after `photo_id`."""
    return str(ULID.from_int(int(ULID.from_str(photo_id)) + 1))


def previous_id(photo_id: str) -> str:
    """Return the id directly before `photo_id`."""
    return str(ULID.from_int(int(ULID.from_str(photo_id)) - 1))


def digits_of(photo_id: str) -> str:
    """Return the number of the id in 39 digits, which sort as the ids do."""
    return f"{int(ULID.from_str(photo_id)):039}"


def to_bytes(photo_id: str) -> bytes:
    """Return the 128 bits of the id in 16 bytes, which sort as the ids do."""
    return ULID.from_str(photo_id).bytes


def from_bytes(packed: bytes) -> str:
    """Return the id that `to_bytes` was given."""
    return str(ULID.from_bytes(packed))


def to_uuid(photo_id: str) -> UUID:
    """Return the UUID with the same 128 bits (RFC 9562)."""
    return ULID.from_str(photo_id).to_uuid()
