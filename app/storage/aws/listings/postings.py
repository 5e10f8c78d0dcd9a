"""The postings of one search term: ids of photos."""

from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple, TypeAlias

from app.domain.photo_ids import MAX_ID, MIN_ID

Alternatives: TypeAlias = tuple[str, ...]  # of one term of a query: a word, or also its prefix


class PostingRead(NamedTuple):
    """A read of the next `limit` postings of a term beyond a position."""

    term: Alternatives
    limit: int
    position: str


class Found(NamedTuple):
    """The result of a read.

    Attributes:
        ids: The photos that have the term, nearest first.
        scanned: How many postings were read: also those of other words.
        reach: Up to where it read; None if there are no more.
    """

    ids: list[str]
    scanned: int
    reach: str | None


@dataclass(slots=True)
class Postings:
    """The ids of one term that were read, nearest first.

    Attributes:
        reach: Up to where the postings were read.
        has_ended: Whether there are no more.
    """

    forward: bool
    last_read: PostingRead
    reach: str
    has_ended: bool = False
    ids: dict[str, None] = field(default_factory=dict)
    _scanned: int = 0  # postings of the last read

    @classmethod
    def unread(cls, read: PostingRead, *, forward: bool) -> "Postings":
        """Return the postings of a term before a read."""
        return cls(forward, read, read.position)

    def add(self, read: PostingRead, found: Found) -> None:
        """Add the ids that a read found."""
        self.last_read = read
        self._scanned = found.scanned
        self.ids.update(dict.fromkeys(found.ids))
        self.has_ended = found.reach is None
        self.reach = found.reach or (MAX_ID if self.forward else MIN_ID)

    def is_beyond(self, photo_id: str, position: str) -> bool:
        """Return whether the photo comes after the position."""
        return photo_id > position if self.forward else photo_id < position

    def covers(self, photo_id: str) -> bool:
        """Return whether `ids` has the photo if the photo has the term."""
        return self.has_ended or not self.is_beyond(photo_id, self.reach)

    def may_have(self, photo_id: str) -> bool:
        """Return whether nothing tells that the photo lacks the term."""
        return photo_id in self.ids or not self.covers(photo_id)

    def next_read(self, photos: int, driver: "Postings", position: str | None) -> PostingRead:
        """Return a read that probably reaches `photos` photos of another term farther.

        It takes as many postings for each of them as the last read did, and none up to `position`.
        """
        last = self.last_read.position
        covered = sum(self.is_beyond(each, last) and self.covers(each) for each in driver.ids)
        limit = ceil(photos * self._scanned / max(covered, 0.5))
        start = position if position and self.is_beyond(position, self.reach) else self.reach
        return PostingRead(self.last_read.term, limit, start)
