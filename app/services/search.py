"""Searching: photos that several feeds list, found by seeking in each of them, never by loading one.

A leapfrog join (Veldhuizen, "Leapfrog Triejoin", section 3): every feed is sorted by photo id, so the feed whose next
photo is farthest along says where all the others have to go on.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain import object_keys
from app.domain.pages import page_of
from app.domain.photo import Card, Page
from app.domain.search_terms import Query

MAX_READS = 24  # for one page, whatever the words and however many photos there are
CHUNK = 60  # cards of a feed's first read
MAX_CHUNK = 240  # each further read takes twice as many, up to this

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # of photo ids, in their order


class ReadPage(Protocol):
    """One read of one feed: `Catalog.page`."""

    def __call__(self, feed: str, limit: int, *, before: str | None = None, after: str | None = None) -> Page:
        """At most `limit` cards, newest first."""


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what was found, and the cursor at which its reads were used up, where they were."""

    page: Page
    stopped_at: str | None = None


def search(read: ReadPage, query: Query, limit: int, *, before: str | None = None, after: str | None = None) -> Results:
    """At most `limit` photos with every term of `query`, newest first, by at most `MAX_READS` reads.

    Cursors are as `Catalog.page` has them. A query without terms finds nothing.
    """
    if not query.terms:
        return Results(Page((), None, None))
    way = _Way(read, forward=before is None and after is not None)
    join = _Join(way, [[object_keys.word_feed(word) for word in term] for term in query.terms], before or after)
    while len(join.found) <= limit and join.goes_on:
        join.step()
    page = page_of(join.found, limit, before, after)
    if len(join.found) > limit or join.ended:
        return Results(page)
    return Results(_going_on(page, join.edge, way), join.edge)


def _going_on(page: Page, edge: str | None, way: "_Way") -> Page:
    """The page with its cursors at the edge of what was looked at."""
    if way.forward:
        return replace(page, newer=edge, older=page.older if page.cards else edge)
    return replace(page, older=edge, newer=page.newer if page.cards or not page.newer else edge)


class _Way:
    """Which way a search goes through the ids, and how many reads it has left. An edge is the id to go on beyond."""

    def __init__(self, read: ReadPage, *, forward: bool) -> None:
        self._read = read
        self.forward = forward
        self.reads_left = MAX_READS

    def read(self, feed: str, edge: str | None, limit: int) -> tuple[Sequence[Card], bool]:
        """The next cards of `feed` beyond `edge`, nearest first, and whether there are more."""
        self.reads_left -= 1
        if self.forward:
            page = self._read(feed, limit, after=edge)
            return page.cards[::-1], page.newer is not None
        page = self._read(feed, limit, before=edge)
        return page.cards, page.older is not None

    def passed(self, card: Card, edge: str | None) -> bool:
        """Whether `card` is not beyond `edge`."""
        return edge is not None and (card.photo_id <= edge if self.forward else card.photo_id >= edge)

    def nearest(self, cards: Sequence[Card]) -> Card | None:
        """The one of `cards` that comes first."""
        if not cards:
            return None
        return (min if self.forward else max)(cards, key=lambda card: card.photo_id)

    def up_to(self, card: Card) -> str:
        """The edge that `card` is the first possible one beyond."""
        return _beside(card.photo_id, -1 if self.forward else 1)


class _Feed:
    """One feed, read a chunk at a time from wherever the search has got to."""

    def __init__(self, way: _Way, feed: str) -> None:
        self._way, self._feed = way, feed
        self._ahead: deque[Card] = deque()
        self._chunk, self._ended = CHUNK, False

    def first(self, edge: str | None) -> Card | None:
        """The first card beyond `edge`, by at most one read."""
        while self._ahead and self._way.passed(self._ahead[0], edge):
            self._ahead.popleft()
        if not self._ahead and not self._ended:
            cards, more = self._way.read(self._feed, edge, self._chunk)
            self._ahead.extend(cards)
            self._ended = not more
            self._chunk = min(2 * self._chunk, MAX_CHUNK)
        return self._ahead[0] if self._ahead else None


class _Join:
    """How far a search has got: everything on this side of `edge` is decided, and the matches there are `found`."""

    def __init__(self, way: _Way, terms: Sequence[Sequence[str]], edge: str | None) -> None:
        self._way = way
        self._terms = [[_Feed(way, feed) for feed in feeds] for feeds in terms]
        self._most_reads = sum(map(len, terms))  # of one step
        self.edge = edge
        self.found: list[Card] = []
        self.ended = False

    @property
    def goes_on(self) -> bool:
        """Whether there may be more photos, and reads to find them."""
        return not self.ended and self._way.reads_left >= self._most_reads

    def step(self) -> None:
        """Let every term go on beyond the edge in turn, each up to where the one before it has got at least."""
        start, edge = None, self.edge
        for term in self._terms:
            card = self._way.nearest([card for feed in term if (card := feed.first(edge))])
            if card is None:
                self.ended = True
                return
            start = start or card
            edge = self._way.up_to(card)
        if start and card and start.photo_id == card.photo_id:
            self.found.append(card)
            edge = card.photo_id
        self.edge = edge


def _beside(photo_id: str, step: int) -> str:
    """The id right after `photo_id`, or right before it for a `step` of -1."""
    digit = _DIGITS.index(photo_id[-1]) + step
    before = photo_id[:-1] if 0 <= digit < len(_DIGITS) else _beside(photo_id[:-1], step)
    return before + _DIGITS[digit % len(_DIGITS)]
