"""The keys of the entries of listings.

An entry is `(listing, position)`. In most listings the position is the photo id, so they are in the
order of upload. In an ordered listing it is `<key>-<photo_id>`, so it is in the order of the keys.
A photo has at most one position in a listing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

from app.domain.photo_summary import PhotoSummary

_SEPARATOR = "-"  # before the photo id, which has none
_AFTER_EVERY_CHARACTER = "~"  # of a position


class EntryKey(NamedTuple):
    """The key of an entry in a listing."""

    listing: str
    position: str

    @classmethod
    def ordered(cls, listing: str, key: str, photo_id: str) -> Self:
        """Return the key of an entry in an ordered listing.

        Args:
            listing: The name of the listing.
            key: The key by which the listing is ordered: ASCII, from a digit or letter on.
            photo_id: The photo.
        """
        return cls(listing, position_of(key, photo_id))

    @property
    def photo_id(self) -> str:
        """The photo of the entry."""
        return parts_of(self.position)[1]

    @property
    def is_ordered(self) -> bool:
        """Whether the entry is in an ordered listing."""
        return _SEPARATOR in self.position

    def __str__(self) -> str:
        """Return the photo, its listing, and its place there if that is not its id."""
        key, photo_id = parts_of(self.position)
        return f"{photo_id} in {self.listing}" + (f" at {key}" if key else "")


@dataclass(frozen=True, slots=True)
class ListingEntry:
    """One entry of one listing. It has no summary if pages read the summary from the record."""

    key: EntryKey
    summary: PhotoSummary | None

    @property
    def listing(self) -> str:
        """The listing of the entry."""
        return self.key.listing

    @property
    def photo_id(self) -> str:
        """The photo of the entry."""
        return self.key.photo_id


@dataclass(frozen=True, slots=True)
class PositionRange:
    """The positions of an ordered listing from `first` to `last`. Both may be the ends of a text.

    Every position starts with a digit or letter, so an item at `!` is in no range.
    """

    first: str = "0"
    last: str = _AFTER_EVERY_CHARACTER

    def next_to(self, before: str | None, after: str | None) -> "PositionRange":
        """Return the part before or after a position. `before` takes precedence.

        It is empty, with `first` after `last`, if the position is outside of the range.
        """
        if before:
            return PositionRange(self.first, min(self.last, _just_before(before)))
        if after:
            return PositionRange(max(self.first, _just_after(after)), self.last)
        return self

    @property
    def is_empty(self) -> bool:
        """Whether there can be no position in the range."""
        return self.first > self.last


EVERY_POSITION = PositionRange()


def position_of(key: str, photo_id: str) -> str:
    """Return the position of a photo in an ordered listing."""
    return f"{key}{_SEPARATOR}{photo_id}"


def parts_of(position: str) -> tuple[str, str]:
    """Return the key in a position, which is empty if the listing is not ordered, and the photo."""
    key, _, photo_id = position.rpartition(_SEPARATOR)
    return key, photo_id


def plain_keys(photo_id: str, listings: Iterable[str]) -> tuple[EntryKey, ...]:
    """Return the keys of a photo's entries in listings whose positions are photo ids."""
    return tuple(EntryKey(listing, photo_id) for listing in listings)


def _just_before(position: str) -> str:
    """Return a text that sorts before the position, and after every smaller one."""
    previous = chr(ord(position[-1]) - 1)
    return f"{position[:-1]}{previous}{_AFTER_EVERY_CHARACTER}"


def _just_after(position: str) -> str:
    """Return a text that sorts after the position, and before every larger one."""
    return f"{position}!"
