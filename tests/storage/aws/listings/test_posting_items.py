"""Postings are small, and a search finds exactly the words that they have."""

from collections.abc import Iterator
from itertools import combinations, product

import pytest
from boto3.dynamodb.types import TypeSerializer

from app.domain.photo import Photo
from app.domain.photo_ids import MAX_ID, MIN_ID
from app.domain.search_terms import SearchQuery, index_terms
from app.storage.aws.dynamodb_client import DynamoClient
from app.storage.aws.dynamodb_search import POSTINGS_A_UNIT
from app.storage.aws.listings.posting_items import words_of, write
from app.storage.aws.listings.postings import Alternatives, PostingRead
from app.storage.aws.listings.search_index import SearchIndex
from app.storage.aws.parallel_calls import ParallelCalls
from app.storage.aws.table_names import TableNames
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws.capacity.samples import usual_photo
from tests.storage.partition_meter import size_of

READ_UNIT = 8192  # bytes that an eventually consistent unit reads
TABLES = TableNames.of(TABLE)
BEGINNINGS = ("har", "ha", "h", "h2", "2026", "바", "해운", "海", "🎉", "мор", "நிலா")
# With a beginning, these are words of which some are beginnings or ends of others.
SUFFIXES = ("", "b", "bor", "or", "2")


def sizes_of_postings(photo: Photo) -> list[int]:
    """Return the bytes of each posting of a photo, as DynamoDB counts them."""
    writes = [write(TABLES.postings, name, photo.photo_id, photo) for name in words_of(photo)]
    stored = [TypeSerializer().serialize(each["Put"]["Item"])["M"] for each in writes]
    return list(map(size_of, stored))


def test_a_read_unit_has_as_many_postings_as_a_search_counts() -> None:
    """That is of words with eight letters. Those of a usual photo are smaller on average."""
    [size] = sizes_of_postings(make_photo(title="evenings"))
    assert size == 27
    assert READ_UNIT // size >= POSTINGS_A_UNIT
    sizes = sizes_of_postings(usual_photo())
    assert READ_UNIT / (sum(sizes) / len(sizes)) >= POSTINGS_A_UNIT


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_search_finds_exactly_the_words_of_a_posting(cloud: Backend, beginning: str) -> None:
    """For any words of a photo with one beginning, newest photo first and oldest first."""
    assert cloud.clients
    client = DynamoClient(cloud.clients.dynamodb)
    photos = [make_photo(title=title) for title in titles_with(beginning)]
    for photo in photos:
        names = words_of(photo)
        writes = [write(TABLES.postings, name, photo.photo_id, photo) for name in names]
        client.write_items(TABLES.postings, writes)
    index = SearchIndex(client, TABLES, ParallelCalls())
    for suffix, end in product((*SUFFIXES, "bo", "r"), ("", " ")):
        for term in SearchQuery.of(f"{beginning}{suffix}{end}").terms:
            expected = [photo.photo_id for photo in photos if has_term(photo, term)]
            assert found(index, term, MIN_ID) == expected, term
            assert found(index, term, MAX_ID) == expected[::-1], term


def titles_with(beginning: str) -> Iterator[str]:
    """Yield every choice of the words."""
    for count in range(1, len(SUFFIXES) + 1):
        for chosen in combinations(SUFFIXES, count):
            yield " ".join(beginning + suffix for suffix in chosen)


def has_term(photo: Photo, term: Alternatives) -> bool:
    """Return whether a photo has a word of the term."""
    return not set(index_terms(photo.title, photo.tags, photo.description)).isdisjoint(term)


def found(index: SearchIndex, term: Alternatives, position: str) -> list[str]:
    """Return the photos that a Query finds from a position on."""
    read = PostingRead(term, 100, position)
    [result] = index.ids([read], forward=position == MIN_ID)
    return result.ids
