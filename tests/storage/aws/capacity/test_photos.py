"""The capacity units of uploads, edits and searches, in all and of the busiest partition."""

from datetime import datetime
from typing import Any

import pytest

from app.domain import object_keys
from app.domain.search_terms import SearchQuery
from app.storage.aws.client_factory import Clients
from app.storage.aws.dynamodb import DynamoCatalog
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws.capacity.samples import (
    DESCRIPTION,
    IDS,
    TAGS,
    UPLOADS,
    answer_of_a_large_site,
    answer_of_frequent_words,
    busiest,
    many_photos,
    usual_photo,
)
from tests.storage.aws_calls import listening
from tests.storage.conftest import publish_all
from tests.storage.partition_meter import READ_LIMIT, WRITE_LIMIT, metered


def test_an_upload_costs_at_most_58_write_units(cloud: Backend) -> None:
    """Two calls after the transaction wait for each other, also if the words are new."""
    assert cloud.clients
    for _ in range(2):
        with metered(cloud.clients) as meter:
            cloud.catalog.publish(usual_photo())
        assert meter.write_units <= 58
        assert meter.read_units == 1
        counters = len(TAGS) + 4
        assert meter.calls == {
            "TransactWriteItems": 1,
            "UpdateItem": counters,
            "BatchWriteItem": 1,
            "GetItem": 1,  # whether an edit has come in between
        }


@pytest.mark.parametrize(
    ("changes", "most"),
    [
        ({}, 2),
        ({"description": DESCRIPTION.replace("ferry", "fery")}, 3),
        ({"description": DESCRIPTION.replace("gulls", "seals")}, 4),
        ({"tags": (*TAGS, "gulls")}, 7),
        ({"tags": TAGS[1:]}, 11),
        ({"title": "Evening at the old peer"}, 8),
        ({"title": "Evening at the old bridge"}, 8),
        ({"alt": "An old pier"}, 6),
        ({"taken_at": datetime.fromisoformat("2026-08-06")}, 10),
    ],
    ids=[
        *("nothing", "a typo", "another word", "a tag more", "a tag less"),
        *("the title", "a new word in it", "the alt text", "another day"),
    ],
)
def test_an_edit_costs_as_many_units_as_it_changes(
    cloud: Backend, changes: dict[str, Any], most: int
) -> None:
    """The summary, with the title, is in the gallery and the archive. Other listings have ids."""
    assert cloud.clients
    photo = usual_photo()
    cloud.catalog.publish(photo)
    cloud.catalog.publish(usual_photo(description="Fery.", title="A peer", tags=("gulls",)))
    with metered(cloud.clients) as meter:
        cloud.catalog.update(photo, photo.next_version(**changes))
    assert meter.write_units <= most


def test_a_page_of_30_photos_costs_at_most_34_read_units(cloud: Backend) -> None:
    """No key gets more than 2 units of one page, and the gallery costs a quarter of a tag."""
    assert cloud.clients
    publish_all(cloud, [usual_photo(alt="gulls " * 20) for _ in range(40)])
    most_units = {
        (object_keys.PUBLIC_LISTING, 0.0): 8,
        (object_keys.PUBLIC_LISTING, 1.0): 4,
        ("tag:sunset", 0.0): 34,
        ("tag:sunset", 1.0): 17,
    }
    for (listing, max_age), most in most_units.items():
        with metered(cloud.clients) as meter:
            page = cloud.catalog.page(listing, 30, max_age=max_age)
        assert len(page.summaries) == 30
        assert meter.read_units <= most
        assert max(meter.reads.values()) <= 2


def test_a_search_for_frequent_words_costs_at_most_17_read_units(cloud: Backend) -> None:
    """A complete first page takes a call for each word and one for the photos."""
    assert cloud.clients
    titles = ("Evening at the old pier", "Old pier, evening", "Evening pier", "Old evening pier")
    photos = [make_photo(title=titles[number % 4], description=DESCRIPTION) for number in range(40)]
    publish_all(cloud, photos)
    for query_text, most in {
        "evening ": 16,
        "evening pier ": 16.5,
        "old pier evening ": 17,
    }.items():
        with metered(cloud.clients) as meter:
            page = cloud.catalog.search(SearchQuery.of(query_text), 30).page
        assert len(page.summaries) == 30
        assert meter.calls.total() <= len(query_text.split()) + 1
        assert meter.read_units <= most


@pytest.mark.parametrize(
    ("query_text", "calls", "most"),
    [
        ("harb", 2, 17.5),
        ("evening harb", 3, 31.5),
        ("old evening harb", 4, 63.5),
        ("usual old evening harb", 4, 65),
        ("martina ", 3, 36),
        ("mart", 3, 36),
    ],
)
def test_a_search_of_a_large_site_costs_at_most_70_read_units(
    clients: Clients, query_text: str, calls: int, most: int
) -> None:
    """A complete first page takes at most four calls, also for the beginning of a word.

    Of the photos with words like a rare one, one in 150 has it.
    """
    catalog = DynamoCatalog(clients.dynamodb, TABLE)
    with listening(clients, "before-send", answer_of_frequent_words), metered(clients) as meter:
        page = catalog.search(SearchQuery.of(query_text), 30).page
    assert len(page.summaries) == 30
    assert meter.calls.total() <= calls
    assert meter.read_units <= most


@pytest.mark.parametrize(
    ("listing", "calls", "most"), [("tag:sunset", 8, 7), (f"owner:{'0' * 32}", 2, 4.5)]
)
def test_a_photo_of_a_long_listing_costs_at_most_7_read_units_with_its_neighbors(
    clients: Clients, listing: str, calls: int, most: float
) -> None:
    """Ids are small: in a partition of a tag, as many as a rank needs cost as much as one.

    The three records are read consistently.
    """
    catalog = DynamoCatalog(clients.dynamodb, TABLE)
    with listening(clients, "before-send", answer_of_frequent_words), metered(clients) as meter:
        photo, found = catalog.find_in_listing(listing, IDS[500]) or (None, None)
    assert photo
    assert found
    assert (photo.photo_id, found.rank) == (IDS[500], None)
    assert meter.calls == {"Query": calls, "BatchGetItem": 1}
    assert meter.read_units <= most


@pytest.mark.parametrize(("query_text", "most"), [("evening ", 3), ("old evening ", 5)])
def test_neighbors_in_a_search_for_frequent_words_cost_at_most_5_read_units(
    clients: Clients, query_text: str, most: float
) -> None:
    """The postings that are read do not tell the rank. They cost most."""
    catalog = DynamoCatalog(clients.dynamodb, TABLE)
    with listening(clients, "before-send", answer_of_frequent_words), metered(clients) as meter:
        found = catalog.search_neighbors(SearchQuery.of(query_text), IDS[500])
    assert found.rank is None
    assert meter.calls["BatchGetItem"] == 2
    assert meter.read_units <= most


@pytest.mark.exhaustive("capacity", every=2)
def test_no_partition_is_too_busy_at_10000_gallery_views_a_second(clients: Clients) -> None:
    """There are ten views for each upload. All are in one process, so every upload ends a page."""
    catalog = DynamoCatalog(clients.dynamodb, TABLE)
    photos = list(many_photos())[:25]
    with listening(clients, "before-send", answer_of_a_large_site), metered(clients) as meter:
        for photo in photos:
            catalog.publish(photo)
            for _ in range(10):
                page = catalog.page(object_keys.PUBLIC_LISTING, 30, max_age=1.0)
    assert len(page.summaries) == 30
    factor = 1000 / len(photos)
    gallery = {key: units * factor for (_, key), units in meter.reads.items() if "public" in key}
    assert len(gallery) == 4
    assert max(gallery.values()) <= 1160 < READ_LIMIT


@pytest.mark.exhaustive("capacity", every=2)
def test_no_partition_is_too_busy_at_1000_uploads_a_second(clients: Clients) -> None:
    """Also with a tag, a word and a year of every photo. Counts are scaled to a second."""
    catalog = DynamoCatalog(clients.dynamodb, TABLE)
    photos = list(many_photos())
    with listening(clients, "before-send", answer_of_a_large_site), metered(clients) as meter:
        for photo in photos:
            catalog.publish(photo)
    factor = 1000 / UPLOADS
    most, key = next(iter(busiest(meter.writes, factor)))
    assert most <= WRITE_LIMIT, key
    assert all(units <= READ_LIMIT for units, _ in busiest(meter.reads, factor))
