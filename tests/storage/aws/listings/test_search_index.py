"""Which items the search index has, and how `check` and `repair` see them.

Covers app.storage.aws.listings.stored_entries.
"""

from typing import Any

import pytest

from app.domain.listings.entries import plain_keys
from app.domain.photo import Photo
from app.domain.search_terms import SearchQuery
from app.maintenance import FindingKind, IntegrityCheck, Repair
from app.storage.aws import dynamodb_items as items
from app.storage.aws.dynamodb import DynamoCatalog
from app.storage.aws.listings.posting_items import key_of, photo_id_of
from app.storage.aws.table_names import TableNames
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import before_first, recorded
from tests.storage.conftest import publish_all

TABLES = TableNames.of(TABLE)


def postings(cloud: Backend) -> dict[tuple[str, str], str | None]:
    """Return the suffixes of the words of each posting."""
    assert cloud.clients
    found: list[Any] = cloud.clients.dynamodb.scan(TableName=TABLES.postings)["Items"]
    return {(item["b"], photo_id_of(item)): item.get("w") for item in found}


def store(cloud: Backend, beginning: str, photo: Photo, **attributes: str) -> None:
    """Store a posting without the app."""
    assert cloud.clients
    item: Any = key_of(beginning, photo.photo_id) | attributes
    cloud.clients.dynamodb.put_item(TableName=TABLES.postings, Item=item)


def found(cloud: Backend, query_text: str) -> list[str]:
    """Return the titles of the first page of a search."""
    results = cloud.catalog.search(SearchQuery.of(query_text), 30)
    return [summary.title for summary in results.page.summaries]


def test_a_posting_has_the_words_with_the_same_first_letters(cloud: Backend) -> None:
    """A bigram, a single character and a number have postings of their own."""
    photo = make_photo(title="Harbour harbor sea seal pier", tags=("바다", "2026"))
    cloud.catalog.publish(photo)
    assert postings(cloud) == {
        (beginning, photo.photo_id): suffixes
        for beginning, suffixes in {
            "har": " bor bour ",
            "sea": "  l ",
            "pie": "r",
            **dict.fromkeys(("2026", "바다", "바", "다")),
        }.items()
    }
    assert set(cloud.catalog.listings()) == set(cloud.catalog.entries_of(photo))


def test_a_word_is_found_among_others_with_the_same_first_letters(cloud: Backend) -> None:
    """A word that is part of another one, or its beginning, is another word."""
    titles = ("Sea", "Seal", "Seashore", "Undersea", "Season seals", "Sea seal")
    publish_all(cloud, [make_photo(title=title) for title in titles])
    for query_text, numbers in {
        "sea ": (5, 0),
        "seal ": (5, 1),
        "seas ": (),
        "sea": (5, 4, 2, 1, 0),
        "seas": (4, 2),
        "seal": (5, 4, 1),
        "seashores": (),
        "shore": (),
    }.items():
        assert found(cloud, query_text) == [titles[number] for number in numbers], query_text


def test_any_number_of_words_has_a_beginning(cloud: Backend) -> None:
    """The newest photos come first, whatever the words after the beginning are."""
    words = [f"harb{first}{second}" for first in "zyxwv" for second in "abcdefgh"]
    publish_all(cloud, [make_photo(title=word) for word in words])
    assert found(cloud, "harb") == words[:-31:-1]


def test_an_edit_writes_only_the_postings_whose_words_change(cloud: Backend) -> None:
    """A word with the same first letters as a word that stays is in the same item."""
    assert cloud.clients
    photo = make_photo(title="Harbour pier")
    cloud.catalog.publish(photo)
    edited = photo.next_version(title="Harbour harbors")
    with recorded(cloud.clients) as calls:
        cloud.catalog.update(photo, edited)
    [request] = [params for name, params in calls.made if name == "BatchWriteItem"]
    assert len(request["RequestItems"][TABLES.postings]) == 2
    assert {name for name, _ in postings(cloud)} == {"har"}
    assert found(cloud, "harbors ") == found(cloud, "harbour ") == ["Harbour harbors"]


@pytest.mark.parametrize("title", ["Harbour harbors", "Harbors", "Pier"])
def test_postings_that_are_written_after_those_of_the_next_edit(cloud: Backend, title: str) -> None:
    """The last edit decides which words find the photo, in whatever order they are written."""
    assert cloud.clients
    photo = make_photo(title="Harbour")
    cloud.catalog.publish(photo)
    first = photo.next_version(title="Harbour harbingers")
    second = first.next_version(title=title)
    other_process = DynamoCatalog(cloud.clients.dynamodb, TABLE)
    with before_first(cloud.clients, "BatchWriteItem", lambda: other_process.update(first, second)):
        cloud.catalog.update(photo, first)
    assert set(cloud.catalog.listings()) == set(cloud.catalog.entries_of(second))


@pytest.mark.parametrize("title", ["Harbour harbors", "Harbors", "Pier"])
def test_words_of_an_upload_that_are_written_after_those_of_an_edit(
    cloud: Backend, title: str
) -> None:
    assert cloud.clients
    photo = make_photo(title="Harbour market")
    edited = photo.next_version(title=title)
    other_process = DynamoCatalog(cloud.clients.dynamodb, TABLE)
    with before_first(cloud.clients, "BatchWriteItem", lambda: other_process.update(photo, edited)):
        cloud.catalog.publish(photo)
    assert set(cloud.catalog.listings()) == set(cloud.catalog.entries_of(edited))


@pytest.mark.parametrize(
    ("beginning", "attributes"),
    [
        ("har", {"w": " bor bour "}),
        ("har", {"w": "bor"}),
        ("har", {"w": " bour "}),
        ("har", {"w": " bour bour "}),
        ("har", {"w": ""}),
        ("har", {"w": "bour", "words": " harbour "}),
        ("har", {}),
        ("harbour", {}),
        ("ha", {"w": "rbour"}),
        ("20", {"w": "26"}),
        ("sea", {"w": "l"}),
    ],
)
def test_a_wrong_posting_is_reported_and_repaired(
    cloud: Backend, beginning: str, attributes: dict[str, str]
) -> None:
    """Its words are wrong or stored in another way, or its partition is not theirs."""
    assert cloud.clients
    photo = make_photo(title="Harbour")
    cloud.catalog.publish(photo)
    right = postings(cloud)
    store(cloud, beginning, photo, **attributes)
    repair_search_index(cloud)
    assert postings(cloud) == right


def repair_search_index(cloud: Backend) -> None:
    """Check that wrong entries of the search index are reported, and are gone after the repair."""
    assert FindingKind.SEARCH_MISMATCH in [each.kind for each in IntegrityCheck(cloud)]
    for action in Repair(IntegrityCheck(cloud)):
        if {each.kind for each in action.findings} == {FindingKind.SEARCH_MISMATCH}:
            assert action.run() == ""
    assert FindingKind.SEARCH_MISMATCH not in [each.kind for each in IntegrityCheck(cloud)]


@pytest.mark.parametrize("has_words", [True, False])
def test_a_posting_in_the_listings_table_moves(cloud: Backend, *, has_words: bool) -> None:
    """Earlier versions kept postings there. Only `repair` reads them."""
    assert cloud.clients
    photo = make_photo(title="Harbour sea", tags=("2026",))
    cloud.catalog.publish(photo)
    right = postings(cloud)
    for beginning, photo_id in right:
        key: Any = key_of(beginning, photo_id)
        cloud.clients.dynamodb.delete_item(TableName=TABLES.postings, Key=key)
    for term, words in (("har", " harbour "), ("sea", " sea "), ("2026", " 2026 ")):
        item: Any = items.entry_key(f"term:{term}", photo.photo_id)
        item |= {"words": words} if has_words else {}
        cloud.clients.dynamodb.put_item(TableName=TABLES.listings, Item=item)
    repair_search_index(cloud)
    assert postings(cloud) == right
    listings = cloud.clients.dynamodb.scan(TableName=TABLES.listings)["Items"]
    assert not [item for item in listings if str(item["listing"]).startswith("term:")]


def test_an_entry_of_a_word_whose_position_is_no_id_is_deleted(cloud: Backend) -> None:
    """It is in the listings table, so `check` reports it as an entry without a photo."""
    assert cloud.clients
    item: Any = items.entry_key("term:har", "no id") | {"words": " harbour "}
    cloud.clients.dynamodb.put_item(TableName=TABLES.listings, Item=item)
    [action] = Repair(IntegrityCheck(cloud))
    assert [each.kind for each in action.findings] == [FindingKind.ORPHANED_LISTING]
    assert action.run() == ""
    assert list(cloud.catalog.listings()) == []


def test_a_repair_of_one_word_keeps_the_others_of_its_posting(cloud: Backend) -> None:
    """An item is written as the record says, whichever of its words are named."""
    photo = make_photo(title="Harbour harbor")
    cloud.catalog.publish(photo)
    right = postings(cloud)
    for listing in ("term:harbour", "term:harbingers"):
        cloud.catalog.sync_listings(photo.photo_id, photo, plain_keys(photo.photo_id, [listing]))
        assert postings(cloud) == right
