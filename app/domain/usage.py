"""What photos take of the storage, counted in accounts: of the site, of each contributor, of each day of uploads.

A deleted photo takes its place until the trash is emptied. So until the day it expires it is counted in an account of
that day: AWS empties the trash without a word, and what is over is over by the name of its account. Bytes are those of
originals as they are stored; renditions come to about a third of that again and are not counted.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeAlias

from app.domain.photo import Photo, PhotoState

SITE = "site"
_DAY = "day:"
_OWNER = "owner:"
_TRASH = "trash:"
_END = "~"  # sorts after all that names of accounts are made of

KeyRange: TypeAlias = tuple[str, str]  # the first and the last name

DAYS: KeyRange = (_DAY, _DAY + _END)  # on which photos were uploaded that are still kept
OWNERS: KeyRange = (_OWNER, _OWNER + _END)


@dataclass(frozen=True, slots=True)
class Usage:
    """How many photos an account has and the bytes of their originals."""

    account: str
    photos: int = 0
    bytes: int = 0

    @property
    def name(self) -> str:
        """The day or the contributor that the account is of."""
        return self.account.partition(":")[2]


def owner_counter(owner: str) -> str:
    """The account of what a contributor keeps, public and hidden."""
    return _OWNER + owner


def day_counter(day: date) -> str:
    """The account of what was uploaded on a day (UTC) and is still kept."""
    return f"{_DAY}{day.isoformat()}"


def trash_counters(account: str, today: date) -> KeyRange:
    """The accounts of what was deleted from `account` and can still be restored."""
    return f"{_TRASH}{account}:{today.isoformat()}", f"{_TRASH}{account}:{_END}"


def expiry_date(account: str) -> date | None:
    """The last day (UTC) of an account of the trash; None for any other."""
    return date.fromisoformat(account.rpartition(":")[2]) if account.startswith(_TRASH) else None


def counters_of(photo: Photo) -> tuple[str, ...]:
    """The accounts that a photo counts in."""
    of_site_and_owner = (SITE, owner_counter(photo.owner))
    if photo.state is not PhotoState.TRASHED:
        return (*of_site_and_owner, day_counter(photo.uploaded_at.date()))
    day = datetime.fromtimestamp(photo.expires_at or 0, UTC).date()
    return tuple(trash_counters(account, day)[0] for account in of_site_and_owner)
