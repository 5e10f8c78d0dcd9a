"""Keep the search index: small items that say which public photos have a word.

A posting is an item `(term:<beginning>, photo id)` with the words of the photo that begin with the
same three letters: `(term:har, …)` has " harbor harbour ". So one Query finds the photos with a
word, or with the beginning of one, newest first. DynamoDB reads the other words in between and
leaves them out of its answer.

Postings are written after the transaction that changes the photo, at one write unit instead of
two. A search reads the record of each photo that it finds, so a wrong posting shows nothing, and
`repair` corrects it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from boto3.dynamodb.conditions import Attr

from app.domain import object_keys
from app.domain.listings.entries import EntryKey
from app.domain.photo import Photo
from app.domain.search_terms import is_prefix
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import MAX_BATCH_WRITES, DynamoClient
from app.storage.aws.dynamodb_cursor import Cursor
from app.storage.aws.dynamodb_partitions import SEPARATOR, posting_partition
from app.storage.aws.listings.postings import Alternatives, Found, PostingRead
from app.storage.aws.parallel_calls import ParallelCalls

_TERM = object_keys.term_listing("")
_WORDS = "words"  # an attribute: the words with a space before and after each


class SearchIndex:
    """The postings in the listings table, and the records of `photos_table`."""

    def __init__(
        self, dynamodb: DynamoClient, table: str, photos_table: str, parallel: ParallelCalls
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._photos_table = photos_table
        self._parallel = parallel

    def updates(self, before: Photo | None, after: Photo) -> dict[str, Callable[[], object]]:
        """Return the calls that write the postings which change, by name."""
        old = _postings(before) if before else {}
        new = _postings(after)
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return {
            f"search terms {start}": partial(
                self._write_postings, after, changed[start : start + MAX_BATCH_WRITES]
            )
            for start in range(0, len(changed), MAX_BATCH_WRITES)
        }

    def _write_postings(self, photo: Photo, partitions: Sequence[str]) -> None:
        """Write the postings of a photo in some partitions.

        Another change of the photo may have written its postings in the meantime. So the record is
        read again, and if it has changed, the postings are written once more.
        """
        photo_id = photo.photo_id
        current: Photo | None = photo
        while True:
            writes = [posting_write(self._table, name, photo_id, current) for name in partitions]
            self._dynamodb.write_items(self._table, writes)
            written = current
            current = self._find(photo_id)
            if current == written:
                return

    def _find(self, photo_id: str) -> Photo | None:
        record = self._dynamodb.get_item(self._photos_table, items.record_key(photo_id))
        return Photo.from_dict(record) if record else None

    def ids(self, reads: Sequence[PostingRead], *, forward: bool) -> list[Found]:
        """Return the ids that each read finds. Each is one Query, and they run in parallel."""
        return self._parallel.map(lambda read: self._read_ids(read, forward=forward), reads)

    def _read_ids(self, read: PostingRead, *, forward: bool) -> Found:
        cursor = Cursor(after=read.position) if forward else Cursor(before=read.position)
        found, scanned, last = self._dynamodb.query_filtered(
            read.limit,
            TableName=self._table,
            KeyConditionExpression=cursor.condition(posting_partition(read.term[0])),
            FilterExpression=Attr(_WORDS).contains(_text_of(read.term)),
            ScanIndexForward=cursor.is_forward,
        )
        reach = str(last["position"]) if last else None
        return Found([str(item["position"]) for item in found], scanned, reach)

    def records(self, photo_ids: Sequence[str]) -> dict[str, Photo]:
        """Return the photos that exist, by id, with one BatchGetItem for each 100."""
        keys = map(items.record_key, photo_ids)
        found = self._dynamodb.get_items(self._photos_table, keys, consistent=False)
        return {item["photo_id"]: Photo.from_dict(item) for item in found}


def posting_write(table: str, partition: str, photo_id: str, photo: Photo | None) -> items.Write:
    """Return a write that corrects the posting of a photo in a partition."""
    key = items.entry_key(partition, photo_id)
    words = _postings(photo).get(partition) if photo else None
    return items.put(table, key | {_WORDS: words}) if words else items.delete(table, key)


def posting_entries(posting: items.Item) -> Iterator[EntryKey]:
    """Yield the key of an entry for each word of a posting.

    A posting without words, or in a wrong partition, is an entry in a listing of no photo.
    """
    partition, photo_id = posting["listing"], posting["position"]
    words = str(posting.get(_WORDS, "")).split()
    if words and all(posting_partition(word) == partition for word in words):
        for word in words:
            yield EntryKey(object_keys.term_listing(word), photo_id)
    else:
        yield EntryKey(f"{partition}{SEPARATOR}0", photo_id)


def is_posting(listing: str) -> bool:
    """Return whether the listing is that of a search term."""
    return listing.startswith(_TERM)


def is_prefix_listing(listing: str) -> bool:
    """Return whether the listing is that of a beginning of words, which has no entries here."""
    return is_posting(listing) and is_prefix(listing)


def _postings(photo: Photo) -> Mapping[str, str]:
    """Return the words of each of the photo's postings, by the partition."""
    words: defaultdict[str, list[str]] = defaultdict(list)
    for listing in photo.listings:
        if is_posting(listing) and not is_prefix_listing(listing):
            term = listing.removeprefix(_TERM)
            words[posting_partition(term)].append(term)
    return {partition: f" {' '.join(sorted(terms))} " for partition, terms in words.items()}


def _text_of(term: Alternatives) -> str:
    """Return a text that the words of a posting contain if the posting has the term."""
    word = term[0]
    return f" {word}" if any(map(is_prefix, term)) else f" {word} "
