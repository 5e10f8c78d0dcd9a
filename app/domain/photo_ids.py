"""Photo ids: ULIDs, which sort by the time they were made (https://github.com/ulid/spec)."""

import re
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U to misread
_PHOTO_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_RANDOM_BITS = 80


def is_photo_id(text: str) -> bool:
    """Whether `text` is a ULID in its canonical, upper-case spelling."""
    return _PHOTO_ID.fullmatch(text) is not None


def timestamp_of(photo_id: str) -> datetime:
    """When the id was made, in UTC, to the millisecond."""
    number = 0
    for letter in photo_id:
        number = number * 32 + _ALPHABET.index(letter)
    return datetime.fromtimestamp((number >> _RANDOM_BITS) / 1000, UTC)


class UlidFactory:
    """Makes ids that are unique everywhere and strictly increasing within this process.

    `clock` gives seconds since 1970. Within one millisecond, or when the clock goes
    backwards, the id before is counted up by one (the spec's monotonic mode).
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0

    def __call__(self) -> str:
        """A fresh photo id."""
        fresh = (int(self._clock() * 1000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            if fresh >> _RANDOM_BITS <= self._last >> _RANDOM_BITS:
                fresh = self._last + 1
            self._last = fresh
        return _encode(fresh)


def _encode(number: int) -> str:
    letters = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        letters.append(_ALPHABET[digit])
    return "".join(reversed(letters))
