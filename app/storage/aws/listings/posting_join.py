"""Join the postings of several search terms.

The ids are those of the term whose postings reach farthest: the driver. It is the rarest term, or
the one with the fewest other words in its partition. The ids up to where the postings of all terms
reach tell how many photos have all terms. Of those beyond, some terms are not known yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from app.storage.aws.listings.postings import Alternatives, Found, PostingRead, Postings

MARGIN = 1.3  # of the postings that are expected to be needed
MIN_CHUNK = 600  # postings, of each read but the first
MAX_CHUNK = 12_000  # 40 read units


@dataclass(frozen=True, slots=True)
class Candidates:
    """The photos that may have all terms, nearest first.

    Attributes:
        ids: Their ids.
        covered: How many of these have all terms for certain. They come first.
        driver_ids: How many photos of the driver there are.
        driver_covered: How many of these the postings of all terms cover.
    """

    ids: list[str] = field(default_factory=list)
    covered: int = 0
    driver_ids: int = 0
    driver_covered: int = 0

    @property
    def share(self) -> float:
        """The share of the driver's photos that have all terms; a guess if none was found."""
        return max(self.covered, 0.5) / max(self.driver_covered, 1)

    @property
    def expected(self) -> float:
        """How many of the other ids have all terms, if the share is the same."""
        others = len(self.ids) - self.covered
        return min(self.share * (self.driver_ids - self.driver_covered), others)

    def count_for(self, needed: int) -> int:
        """Return how many of the ids probably include `needed` photos with all terms."""
        others = len(self.ids) - self.covered
        if self.covered >= needed or not others:
            return min(self.covered, needed)
        more = ceil((needed - self.covered) * others / self.expected)
        return self.covered + min(more, others)


class PostingJoin:
    """The postings of some terms, as far as they were read."""

    def __init__(self, *, forward: bool) -> None:
        self._forward = forward
        self._postings: dict[Alternatives, Postings] = {}

    @property
    def size(self) -> int:
        """The number of terms."""
        return len(self._postings)

    @property
    def driver(self) -> Postings:
        """The term that reaches farthest. Of those whose postings end, it is the rarest."""
        farthest = max if self._forward else min
        reach = farthest(term.reach for term in self._postings.values())
        ends = [term for term in self._postings.values() if term.reach == reach]
        return min(ends, key=lambda term: len(term.ids))

    @property
    def has_ended(self) -> bool:
        """Whether all photos that have all terms are among the candidates."""
        return any(term.has_ended for term in self._postings.values())

    def add(self, reads: Sequence[PostingRead], found: Sequence[Found]) -> None:
        """Add the ids that the reads found."""
        for read, each in zip(reads, found, strict=True):
            unread = Postings.unread(read, forward=self._forward)
            self._postings.setdefault(read.term, unread).add(read, each)

    def candidates(self, position: str | None) -> Candidates:
        """Return the photos beyond a position which may have all terms."""
        nearer = min if self._forward else max
        nearest = nearer(self._postings.values(), key=lambda term: term.reach)
        rest = self._driver_ids(position)
        ids = list(filter(self._may_match, rest))
        covered = sum(map(nearest.covers, ids))
        return Candidates(ids, covered, len(rest), sum(map(nearest.covers, rest)))

    def reads(
        self, candidates: Candidates, missing: int, position: str | None
    ) -> list[PostingRead]:
        """Return the reads that probably find `missing` more photos with all terms.

        A term whose postings reach far enough is not read.
        """
        wanted = candidates.driver_covered + ceil(MARGIN * missing / candidates.share)
        target = min(wanted, candidates.driver_ids) if self.driver.has_ended else wanted
        rest = self._driver_ids(position)
        reads = []
        for term in self._postings.values():
            photos = target - sum(map(term.covers, rest))
            if photos > 0 and not term.has_ended:
                reads.append(term.next_read(photos, self.driver, position))
        return _bounded(reads)

    def _may_match(self, photo_id: str) -> bool:
        return all(term.may_have(photo_id) for term in self._postings.values())

    def _driver_ids(self, position: str | None) -> list[str]:
        driver = self.driver
        return [each for each in driver.ids if not position or driver.is_beyond(each, position)]


def _bounded(reads: Sequence[PostingRead]) -> list[PostingRead]:
    """Return the reads, all of them shortened alike, so that they still reach equally far."""
    longest = max((read.limit for read in reads), default=0)
    share = min(1.0, MAX_CHUNK / max(longest, 1))
    return [read._replace(limit=max(int(read.limit * share), MIN_CHUNK)) for read in reads]
