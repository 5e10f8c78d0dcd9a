"""Keep the search index: one small item for each term of a public photo, and a dictionary.

A posting is an item `(term:<term>, photo id)` without other attributes. Postings are written after
the transaction that changes the photo, at one write unit instead of two. A search reads the record
of each photo that it finds, so a wrong posting shows nothing, and `repair` corrects it.

The dictionary has each word once, in the partition of its first three letters. A search for the
beginning of a word reads the longer words there. Words stay in the dictionary. A word is added
before its posting, so a word that is missing has a missing posting, which `check` reports.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from boto3.dynamodb.conditions import Key

from app.domain import object_keys
from app.domain.photo import Photo
from app.domain.photo_ids import MIN_ID
from app.domain.search_terms import MIN_PREFIX_LENGTH
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import MAX_BATCH_WRITES, DynamoClient
from app.storage.aws.dynamodb_cursor import Cursor
from app.storage.aws.parallel_calls import ParallelCalls

MAX_PREFIX_WORDS = 8  # of one beginning: each word is a Query
_MAX_WORDS_READ = 100
_MAX_KNOWN_WORDS = 50_000  # remembered by a process
_DICTIONARY = "#words:"
_TERM = object_keys.term_listing("")
_PREFIX_MARK = "*"


class SearchIndex:
    """The postings and the dictionary in the listings table, and the records of `photos_table`."""

    def __init__(
        self, dynamodb: DynamoClient, table: str, photos_table: str, parallel: ParallelCalls
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._photos_table = photos_table
        self._parallel = parallel
        self._known_words: set[str] = set()

    def updates(self, before: Photo | None, after: Photo) -> dict[str, Callable[[], object]]:
        """Return the calls that write the postings and the words which change, by name."""
        old = posting_listings(before) if before else frozenset()
        new = posting_listings(after)
        key = partial(items.entry_key, position=after.photo_id)
        writes = [items.put(self._table, key(listing)) for listing in sorted(new - old)]
        writes += [items.delete(self._table, key(listing)) for listing in sorted(old - new)]
        return {
            f"search terms {start}": partial(
                self._write_postings, writes[start : start + MAX_BATCH_WRITES]
            )
            for start in range(0, len(writes), MAX_BATCH_WRITES)
        }

    def _write_postings(self, writes: Sequence[items.Write]) -> None:
        self.add_words(write["Put"]["Item"]["listing"] for write in writes if "Put" in write)
        self._dynamodb.write_items(self._table, writes)
        if deleted := [write["Delete"]["Key"] for write in writes if "Delete" in write]:
            self._restore_postings(deleted)

    def _restore_postings(self, keys: Sequence[items.Item]) -> None:
        """Write postings of one photo again that a later change has added before their deletion."""
        record = self._dynamodb.get_item(self._photos_table, items.record_key(keys[0]["position"]))
        current = posting_listings(Photo.from_dict(record)) if record else frozenset()
        puts = [items.put(self._table, key) for key in keys if key["listing"] in current]
        self._dynamodb.write_items(self._table, puts)

    def add_words(self, postings: Iterable[str]) -> None:
        """Add the words of the listings that the dictionary lacks.

        A word that this process has seen costs nothing, any other one half a read unit.
        """
        terms = {listing.removeprefix(_TERM) for listing in postings}
        words = {term for term in terms if len(term) > MIN_PREFIX_LENGTH} - self._known_words
        found = self._dynamodb.get_items(self._table, map(_word_key, words), consistent=False)
        missing = words - {str(item["position"]) for item in found}
        puts = [items.put(self._table, _word_key(word)) for word in sorted(missing)]
        self._dynamodb.write_items(self._table, puts)
        if len(self._known_words) < _MAX_KNOWN_WORDS:
            self._known_words |= words

    def words(self, terms: Iterable[str]) -> list[str]:
        """Return the words that the alternatives of a query's term stand for.

        A beginning stands for the shortest words that are longer, with one Query.
        """
        found = []
        for term in terms:
            found += self._longer_words(term[:-1]) if term.endswith(_PREFIX_MARK) else [term]
        return found

    def ids(
        self, words: Sequence[str], limit: int, position: str | None, *, forward: bool
    ) -> list[tuple[Sequence[str], bool]]:
        """Return for each word the photos beyond `position`, and whether more follow.

        Each word is one Query.
        """

        def read(word: str) -> tuple[Sequence[str], bool]:
            cursor = Cursor(after=position or MIN_ID) if forward else Cursor(before=position)
            found = self._dynamodb.query(
                limit + 1,
                consistent=False,
                TableName=self._table,
                KeyConditionExpression=cursor.condition(object_keys.term_listing(word)),
                ScanIndexForward=forward,
            )
            return [item["position"] for item in found[:limit]], len(found) > limit

        return self._parallel.map(read, words)

    def records(self, photo_ids: Sequence[str]) -> dict[str, Photo]:
        """Return the photos that exist, by id, with one BatchGetItem for each 100."""
        keys = map(items.record_key, photo_ids)
        found = self._dynamodb.get_items(self._photos_table, keys, consistent=False)
        return {item["photo_id"]: Photo.from_dict(item) for item in found}

    def _longer_words(self, prefix: str) -> list[str]:
        found = self._dynamodb.query(
            _MAX_WORDS_READ,
            consistent=False,
            TableName=self._table,
            KeyConditionExpression=Key("listing").eq(_word_key(prefix)["listing"])
            & Key("position").begins_with(prefix),
        )
        words = [str(item["position"]) for item in found if item["position"] != prefix]
        return sorted(words, key=lambda word: (len(word), word))[:MAX_PREFIX_WORDS]


def posting_listings(photo: Photo) -> frozenset[str]:
    """Return the listings of the photo's search terms, without the beginnings of words."""
    return frozenset(
        name for name in photo.listings if is_posting(name) and not is_prefix_listing(name)
    )


def is_posting(listing: str) -> bool:
    """Return whether the listing is that of a search term."""
    return listing.startswith(_TERM)


def is_prefix_listing(listing: str) -> bool:
    """Return whether the listing is that of a beginning of words, which has no entries here."""
    return is_posting(listing) and listing.endswith(_PREFIX_MARK)


def _word_key(word: str) -> items.Item:
    return items.entry_key(_DICTIONARY + word[:MIN_PREFIX_LENGTH], word)
