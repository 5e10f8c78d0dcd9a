"""The postings of one search term: ids of photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Alternatives: TypeAlias = tuple[str, ...]  # of one term of a query: a word, or also its prefix
Found: TypeAlias = tuple[Sequence[str], str | None]  # photo ids, and up to where: None for all


@dataclass(frozen=True, slots=True)
class Postings:
    """The ids of one term up to `reach`, nearest first. Without a reach, all of them."""

    ids: Mapping[str, None]
    reach: str | None
    forward: bool

    @classmethod
    def of(cls, found: Found, *, forward: bool) -> "Postings":
        """Return the ids of a read."""
        ids, reach = found
        return cls(dict.fromkeys(ids), reach, forward)

    def covers(self, photo_id: str) -> bool:
        """Return whether `ids` has the photo if the photo has the term."""
        if self.reach is None:
            return True
        return photo_id <= self.reach if self.forward else photo_id >= self.reach

    def may_have(self, photo_id: str) -> bool:
        """Return whether nothing tells that the photo lacks the term."""
        return photo_id in self.ids or not self.covers(photo_id)
