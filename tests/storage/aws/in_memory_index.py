"""The search index of DynamoDB in memory, to count the reads of many photos."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter

from app.domain.photo import Photo
from app.domain.search_terms import beginning_of, index_terms
from app.storage.aws.dynamodb_search import MAX_RECORDS, POSTINGS_A_UNIT, RECORDS_A_UNIT
from app.storage.aws.listings.postings import Found, PostingRead

_photo_id = attrgetter("photo_id")


class InMemoryIndex:
    """A search index in memory that counts its calls, and the records that it reads."""

    def __init__(self, photos: Sequence[Photo]) -> None:
        self.calls = 0
        self.postings_read = 0
        self.records_read = 0
        self.longest_read = 0
        self._photos = {photo.photo_id: photo for photo in photos}
        self._ids: dict[str, list[str]] = {}
        self._terms: dict[str, frozenset[str]] = {}
        for photo in sorted(photos, key=_photo_id):
            terms = frozenset(index_terms(photo.title, photo.tags, photo.description))
            self._terms[photo.photo_id] = terms
            for beginning in set(map(beginning_of, terms)):
                self._ids.setdefault(beginning, []).append(photo.photo_id)

    @property
    def units(self) -> float:
        """The read units of all calls."""
        return self.postings_read / POSTINGS_A_UNIT + self.records_read / RECORDS_A_UNIT

    def ids(self, reads: Sequence[PostingRead], *, forward: bool) -> list[Found]:
        self.calls += len(reads)
        self.longest_read = max(self.longest_read, *(read.limit for read in reads))
        return [self._ids_of(read, forward=forward) for read in reads]

    def _ids_of(self, read: PostingRead, *, forward: bool) -> Found:
        ids = self._ids.get(beginning_of(read.term[0]), [])
        if forward:
            rest = ids[bisect_right(ids, read.position) :]
        else:
            rest = ids[: bisect_left(ids, read.position)][::-1]
        next_ids = rest[: read.limit]
        self.postings_read += len(next_ids)
        matching = [each for each in next_ids if self._terms[each].intersection(read.term)]
        reach = next_ids[-1] if len(rest) > read.limit else None
        return Found(matching, len(next_ids), reach)

    def records(self, photo_ids: Sequence[str]) -> dict[str, Photo]:
        self.calls += 1
        self.records_read += len(photo_ids)
        assert len(photo_ids) <= MAX_RECORDS
        return {key: self._photos[key] for key in photo_ids if key in self._photos}
