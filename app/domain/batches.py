"""Batches: the files that a visitor uploads together. Their photos keep one order.

The id of a photo is a ULID. In a batch, its time is that of the batch, and its 80 random bits begin
with the date taken and the position of the file. So the order does not depend on when each upload
finishes, and a listing has the photos of a batch side by side. Newest first, a batch reads:

- the photos with a date, the latest date first. Dates are compared as the clock showed them, since
  most cameras do not say in which time zone they are.
- the photos without a date.
- Photos of the same second, and photos without a date, are in the order chosen.
"""

import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from app.domain import photo_ids
from app.domain.image.taken_date import FIRST_YEAR

LIFETIME = timedelta(hours=24)  # from the first to the last upload of a batch
MAX_POSITION = 9_999  # later files share it; a second of the local catalog has 16 384 photos
_NAME_LENGTH = 10  # the characters of a ULID that are its time
_NAME = re.compile(f"[0-7][0-9A-Z]{{{_NAME_LENGTH - 1}}}")

_DATE_BITS = 33  # seconds, until the year 2098
_POSITION_BITS = 14
_RANDOM_BITS = photo_ids.RANDOM_BITS - _DATE_BITS - _POSITION_BITS
_NO_DATE = 0
_FIRST_DATE = datetime(FIRST_YEAR, 1, 1)  # noqa: DTZ001  dates taken are local
_EARLY_SECONDS = 1000  # that share a millisecond of 1970


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch, known by the time at which it began, in milliseconds since 1970."""

    milliseconds: int

    @classmethod
    def of_name(cls, name: str) -> "Batch | None":
        """Return the batch with this name; None if the text is not a name."""
        photo_id = name + photo_ids.MIN_ID[_NAME_LENGTH:]
        if not (_NAME.fullmatch(name) and photo_ids.is_photo_id(photo_id)):
            return None
        return cls(photo_ids.milliseconds_of(photo_id))

    @classmethod
    def of_time_taken(cls, taken_at: datetime, zone: tzinfo, latest: "Batch") -> "Batch":
        """Return the batch for a photo whose id has the time at which it was taken.

        Ids begin in 1970. The years from 1826 to 1969 share the first 76 minutes, in their order.

        Args:
            taken_at: The date taken. Its clock counts, as in `new_id`.
            zone: The time zone of the clock.
            latest: The batch of a photo that seems to be taken later than now.
        """
        seconds = taken_at.replace(tzinfo=zone).timestamp()
        if seconds < 0:
            since_first_date = taken_at.replace(tzinfo=None) - _FIRST_DATE
            return cls(max(since_first_date // timedelta(seconds=_EARLY_SECONDS), 0))
        return cls(min(int(seconds * 1000), latest.milliseconds))

    @property
    def name(self) -> str:
        """The first characters of the ids of its photos."""
        return self.first_id[:_NAME_LENGTH]

    @property
    def first_id(self) -> str:
        """The smallest id that a photo of the batch can have."""
        return photo_ids.from_parts(self.milliseconds, 0)

    @property
    def last_id(self) -> str:
        """An id that is larger than those of the photos of the batch."""
        return photo_ids.from_parts(self.milliseconds, 2**photo_ids.RANDOM_BITS - 1)

    def may_have(self, photo_id: str) -> bool:
        """Return whether a photo of the batch can have this id."""
        return self.first_id <= photo_id <= self.last_id

    def new_id(self, taken_at: datetime | None, position: int) -> str:
        """Return an id that no photo is likely to have: 33 of its bits are random.

        Args:
            taken_at: The date taken, None if it is not known.
            position: The position of the file in the order chosen, from 0.
        """
        date = _NO_DATE if taken_at is None else _date_key(taken_at)
        order = date << _POSITION_BITS | (MAX_POSITION - min(position, MAX_POSITION))
        random_part = order << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        return photo_ids.from_parts(self.milliseconds, random_part)


class BatchClock:
    """Begin batches, each at a later time than the ones before it in this process.

    Args:
        clock: Returns seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._latest = 0  # milliseconds since 1970

    def begin(self) -> Batch:
        """Return a new batch, which begins now."""
        with self._lock:
            self._latest = max(self._latest + 1, int(self._clock() * 1000))
            return Batch(self._latest)


def _date_key(taken_at: datetime) -> int:
    seconds = (taken_at.replace(tzinfo=None) - _FIRST_DATE) // timedelta(seconds=1)
    return int(min(max(seconds, 0) + 1, 2**_DATE_BITS - 1))
