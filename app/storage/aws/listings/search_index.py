"""Keep the search index: small items that say which public photos have a word.

A posting has the words of one photo that begin with the same three letters
(`app/storage/aws/listings/posting_items.py`). So one Query finds the photos with a word, or with
the beginning of one, newest first. DynamoDB reads the other words in between and leaves them out of
its answer.

Postings are written after the transaction that changes the photo, at one write unit instead of
two. A search reads the record of each photo that it finds, so a wrong posting shows nothing, and
`repair` corrects it.
"""

from collections.abc import Callable, Sequence
from functools import partial

from app.domain.photo import Photo
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb_client import MAX_BATCH_WRITES, DynamoClient
from app.storage.aws.listings import posting_items
from app.storage.aws.listings.postings import Found, PostingRead
from app.storage.aws.parallel_calls import ParallelCalls
from app.storage.aws.table_names import TableNames


class SearchIndex:
    """The postings, and the records of the photos that have them."""

    def __init__(self, dynamodb: DynamoClient, tables: TableNames, parallel: ParallelCalls) -> None:
        self._dynamodb = dynamodb
        self._tables = tables
        self._parallel = parallel

    def updates(self, before: Photo | None, after: Photo) -> dict[str, Callable[[], object]]:
        """Return the calls that write the postings which change, by name."""
        old, new = posting_items.words_of(before), posting_items.words_of(after)
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return {
            f"search terms {start}": partial(
                self._write_postings, after, changed[start : start + MAX_BATCH_WRITES]
            )
            for start in range(0, len(changed), MAX_BATCH_WRITES)
        }

    def _write_postings(self, photo: Photo, beginnings: Sequence[str]) -> None:
        """Write the postings of a photo for some beginnings of words.

        Another change of the photo may have written its postings in the meantime. So the record is
        read again, and if it has changed, the postings are written once more.
        """
        photo_id, table = photo.photo_id, self._tables.postings
        current: Photo | None = photo
        while True:
            writes = [posting_items.write(table, name, photo_id, current) for name in beginnings]
            self._dynamodb.write_items(table, writes)
            written = current
            current = self._find(photo_id)
            if current == written:
                return

    def _find(self, photo_id: str) -> Photo | None:
        record = self._dynamodb.get_item(self._tables.photos, items.record_key(photo_id))
        return Photo.from_dict(record) if record else None

    def ids(self, reads: Sequence[PostingRead], *, forward: bool) -> list[Found]:
        """Return the ids that each read finds. Each is one Query, and they run in parallel."""
        return self._parallel.map(lambda read: self._read_ids(read, forward=forward), reads)

    def _read_ids(self, read: PostingRead, *, forward: bool) -> Found:
        query = posting_items.query_of(read, forward=forward)
        found, scanned, last = self._dynamodb.query_filtered(
            read.limit, TableName=self._tables.postings, **query
        )
        reach = posting_items.photo_id_of(last) if last else None
        return Found(list(map(posting_items.photo_id_of, found)), scanned, reach)

    def records(self, photo_ids: Sequence[str]) -> dict[str, Photo]:
        """Return the photos that exist, by id, with one BatchGetItem for each 100."""
        keys = map(items.record_key, photo_ids)
        found = self._dynamodb.get_items(self._tables.photos, keys, consistent=False)
        return {item["photo_id"]: Photo.from_dict(item) for item in found}
