"""Keep the search index: one small item for each term of a public photo, and a dictionary.

A posting is an item `(term:<term>, photo id)` without other attributes. Postings are written after
the transaction that changes the photo, at one write unit instead of two. A search reads the record
of each photo that it finds, so a wrong posting shows nothing, and `repair` corrects it.

The dictionary has each word once, in the partition of its first three letters. A search for the
beginning of a word reads the longer words there. A word is added before its posting, so a word that
is missing has a missing posting, which `check` reports.

A search takes few of many words. So that the words of one photo do not hide all others, an item of
the dictionary names the photo that added it. Words stay in the dictionary, but one that the last
photo leaves is marked as unused, and comes after all others. If a photo adds the word again at the
same time, the mark may stay. Then the word keeps its last place until another process adds it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from boto3.dynamodb.conditions import Key

from app.domain import object_keys
from app.domain.photo import Photo
from app.domain.photo_ids import MIN_ID
from app.domain.search_terms import MIN_PREFIX_LENGTH
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import MAX_BATCH_WRITES, DynamoClient
from app.storage.aws.dynamodb_cursor import NEWEST, Cursor
from app.storage.aws.parallel_calls import ParallelCalls

MAX_PREFIX_WORDS = 8  # of one beginning: each word is a Query
_MAX_WORDS_READ = 200  # 14 kB
_MAX_KNOWN_WORDS = 50_000  # remembered by a process
_DICTIONARY = "#words:"
_TERM = object_keys.term_listing("")
_PREFIX_MARK = "*"
_UNUSED = "unused"  # an attribute of words without postings


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
        if added := [write["Put"]["Item"] for write in writes if "Put" in write]:
            self.add_words(added[0]["position"], (item["listing"] for item in added))
        self._dynamodb.write_items(self._table, writes)
        if deleted := [write["Delete"]["Key"] for write in writes if "Delete" in write]:
            self._restore_postings(deleted)
            self._mark_unused(_words_of(key["listing"] for key in deleted))

    def _restore_postings(self, keys: Sequence[items.Item]) -> None:
        """Write postings of one photo again that a later change has added before their deletion."""
        record = self._dynamodb.get_item(self._photos_table, items.record_key(keys[0]["position"]))
        current = posting_listings(Photo.from_dict(record)) if record else frozenset()
        puts = [items.put(self._table, key) for key in keys if key["listing"] in current]
        self._dynamodb.write_items(self._table, puts)

    def _mark_unused(self, words: Iterable[str]) -> None:
        """Mark the words that have no postings. Each word is a Query for one read unit."""
        is_used = partial(self._read_ids, limit=1, cursor=NEWEST, consistent=True)
        unused = [word for word in sorted(words) if not is_used(word)]
        puts = [items.put(self._table, _word_key(word) | {_UNUSED: True}) for word in unused]
        self._dynamodb.write_items(self._table, puts)
        self._known_words.difference_update(unused)

    def add_words(self, photo_id: str, postings: Iterable[str]) -> None:
        """Add the words of a photo's listings that the dictionary lacks, or has as unused.

        A word that this process has seen costs nothing, any other one half a read unit.
        """
        words = _words_of(postings) - self._known_words
        found = self._dynamodb.get_items(self._table, map(_word_key, words), consistent=False)
        missing = words - {str(item["position"]) for item in found if _UNUSED not in item}
        added_by = {"photo_id": photo_id}
        puts = [items.put(self._table, _word_key(word) | added_by) for word in sorted(missing)]
        self._dynamodb.write_items(self._table, puts)
        if len(self._known_words) < _MAX_KNOWN_WORDS:
            self._known_words |= words

    def words(self, terms: Iterable[str]) -> list[str]:
        """Return the words that the alternatives of a query's term stand for.

        A beginning stands for some words that are longer, with one Query.
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
            found = self._read_ids(word, limit + 1, cursor)
            return found[:limit], len(found) > limit

        return self._parallel.map(read, words)

    def _read_ids(
        self, word: str, limit: int, cursor: Cursor, *, consistent: bool = False
    ) -> list[str]:
        found = self._dynamodb.query(
            limit,
            consistent=consistent,
            TableName=self._table,
            KeyConditionExpression=cursor.condition(object_keys.term_listing(word)),
            ScanIndexForward=cursor.is_forward,
        )
        return [str(item["position"]) for item in found]

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
        return _ranked(item for item in found if item["position"] != prefix)[:MAX_PREFIX_WORDS]


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


def _ranked(found: Iterable[items.Item]) -> list[str]:
    """Return words of the dictionary: one of each photo that added any, then the next of each.

    The shortest word of a photo comes first. Unused words come last.
    """
    turns: Counter[str] = Counter()
    ranks: dict[str, tuple[bool, int]] = {}
    for item in sorted(found, key=lambda item: (len(item["position"]), item["position"])):
        word = str(item["position"])
        photo_id = str(item.get("photo_id", word))  # earlier versions did not store it
        ranks[word] = (_UNUSED in item, turns[photo_id])
        turns[photo_id] += 1
    return sorted(ranks, key=ranks.__getitem__)


def _words_of(postings: Iterable[str]) -> set[str]:
    """Return the terms of the listings that are long enough for the dictionary."""
    terms = {listing.removeprefix(_TERM) for listing in postings}
    return {term for term in terms if len(term) > MIN_PREFIX_LENGTH}


def _word_key(word: str) -> items.Item:
    return items.entry_key(_DICTIONARY + word[:MIN_PREFIX_LENGTH], word)
