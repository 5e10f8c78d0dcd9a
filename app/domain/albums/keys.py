"""The keys that order the photos of an album. Between any two keys there is another one.

The key of a photo is the time at which it was taken, to the second, in 14 digits. If someone moves
the photo, its key is one between those of its neighbors: a longer one, which does not end with a
zero. Keys are compared as text: 20261129191500, 202611291915005, 20261129191501.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from app.domain.photo_ids import MIN_ID, digits_of, is_photo_id

_DIGITS = 14
_MAX_DIGITS = 900  # a sort key of DynamoDB has at most 1024 bytes
_KEY = re.compile(f"[0-9]{{1,{_MAX_DIGITS}}}")


def is_position(text: str) -> bool:
    """Return whether `text` may be the position of a photo in an album: a key and a photo id."""
    key, _, photo_id = text.rpartition("-")
    return _KEY.fullmatch(key) is not None and is_photo_id(photo_id)


def time_key(time: datetime) -> str:
    """Return the key of a time."""
    return f"{time.year:04}{time:%m%d%H%M%S}"


def key_of(position: str) -> str:
    """Return the key in a position of an album, `<key>-<photo_id>`."""
    return position.partition("-")[0]


def key_between(before: str, after: str) -> str:
    """Return a key that is larger than `before` and, if that is larger, smaller than `after`.

    Args:
        before: A key, or an empty text for the beginning of the album.
        after: A key, or an empty text for the end of the album.
    """
    if not before:
        return str(int(after[:_DIGITS]) - 1).zfill(_DIGITS)
    if not after:
        return str(int(before[:_DIGITS]) + 1).zfill(_DIGITS)
    if before >= after:
        return f"{before}5"
    return _middle(before, after)


def own_keys(key: str, photo_ids: Sequence[str], after: str) -> list[str]:
    """Return keys of their own for photos that have the same key. They keep their order.

    The keys depend on the ids alone as far as possible, so photos may get theirs in several steps,
    the last ones first.

    Args:
        key: The key that the photos have.
        photo_ids: Their ids, sorted.
        after: The next larger key, or an empty text for the end of the album.
    """
    zeros = ""
    last = max(photo_ids, default=MIN_ID)
    while after and f"{key}{zeros}{digits_of(last)}5" >= after:
        zeros += "0"
    return [f"{key}{zeros}{digits_of(photo_id)}5" for photo_id in photo_ids]


def _middle(before: str, after: str) -> str:
    """Return the digits of a decimal fraction between those of two others."""
    length = max(len(before), len(after)) + 1
    low = int(before.ljust(length, "0"))
    high = int(after.ljust(length, "0"))
    middle = str((low + high) // 2).zfill(length)
    return middle.rstrip("0").ljust(_DIGITS, "0")
