"""The capacity units of uploads, edits and searches, in all and of the busiest partition."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from ulid import ULID

from app.domain import object_keys
from app.domain.photo import Photo
from app.domain.search_terms import SearchQuery
from app.storage.aws import dynamodb_items as items
from app.storage.aws.client_factory import Clients
from app.storage.aws.dynamodb import DynamoCatalog
from tests.backends import TABLE, Backend, make_photo
from tests.storage.aws_calls import dynamodb_answer, listening
from tests.storage.conftest import publish_all
from tests.storage.partition_meter import READ_LIMIT, WRITE_LIMIT, metered

DESCRIPTION = "The last ferry of the day leaves for the island, with gulls behind it."
TAGS = ("sunset", "harbour", "boats", "summer 2026", "island")
USUAL: dict[str, Any] = {
    "title": "Evening at the old pier",
    "description": DESCRIPTION,
    "tags": TAGS,
    "taken_at": datetime.fromisoformat("2026-08-05T20:14:09"),
}


def usual_photo(**changes: Any) -> Photo:
    """Return a photo with a title, a sentence and five tags."""
    return make_photo(**(USUAL | changes))


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


def test_a_search_for_frequent_words_costs_at_most_45_read_units(cloud: Backend) -> None:
    """A complete first page takes a call for each word and one for the photos."""
    assert cloud.clients
    titles = ("Evening at the old pier", "Old pier, evening", "Evening pier", "Old evening pier")
    photos = [make_photo(title=titles[number % 4], description=DESCRIPTION) for number in range(40)]
    publish_all(cloud, photos)
    for query_text, most in {"evening ": 18, "evening pier ": 24, "old pier evening ": 26}.items():
        with metered(cloud.clients) as meter:
            page = cloud.catalog.search(SearchQuery.of(query_text), 30).page
        assert len(page.summaries) == 30
        assert meter.calls.total() <= len(query_text.split()) + 1
        assert meter.read_units <= most


@pytest.mark.parametrize(
    ("query_text", "calls", "most"),
    [
        ("harb", 2, 18),
        ("evening harb", 3, 37),
        ("old evening harb", 4, 45),
        ("usual old evening harb", 4, 70),
        ("martina ", 3, 56),
        ("mart", 3, 56),
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
        photo, found = catalog.find_in_listing(listing, _IDS[500]) or (None, None)
    assert photo
    assert found
    assert (photo.photo_id, found.rank) == (_IDS[500], None)
    assert meter.calls == {"Query": calls, "BatchGetItem": 1}
    assert meter.read_units <= most


@pytest.mark.parametrize(("query_text", "most"), [("evening ", 3), ("old evening ", 5)])
def test_neighbors_in_a_search_for_frequent_words_cost_at_most_5_read_units(
    clients: Clients, query_text: str, most: float
) -> None:
    """The postings that are read do not tell the rank. They cost most."""
    catalog = DynamoCatalog(clients.dynamodb, TABLE)
    with listening(clients, "before-send", answer_of_frequent_words), metered(clients) as meter:
        found = catalog.search_neighbors(SearchQuery.of(query_text), _IDS[500])
    assert found.rank is None
    assert meter.calls["BatchGetItem"] == 2
    assert meter.read_units <= most


def answer_of_frequent_words(request: Any, **_: Any) -> Any:
    """Answer as a site of which every photo has every word would."""
    body = json.loads(request.body)
    if "RequestItems" in body:
        ids = [key["photo_id"]["S"] for key in body["RequestItems"][TABLE]["Keys"]]
        answer = dynamodb_answer(Responses={TABLE: [_old_harbor(photo_id) for photo_id in ids]})()
    else:
        values = [value["S"] for value in body["ExpressionAttributeValues"].values()]
        listing = next(value for value in values if ":" in value)
        ids = _IDS[int(f"0{listing.partition('/')[2]}") :: 4] if "tag:" in listing else _IDS
        read = _next_to_cursor(ids, values, body)
        entries = [{"listing": {"S": listing}, "position": {"S": position}} for position in read]
        answer = dynamodb_answer(**_of_postings(entries, values, body))()
    request.url = answer.url if answer else request.url
    return answer


def _next_to_cursor(ids: list[str], values: list[str], body: dict[str, Any]) -> list[str]:
    """Return the ids between the positions among the values of a Query, nearest first."""
    first, last = sorted(value for value in values if value[0].isdigit() or value == "~")
    in_order = reversed(ids) if body["ScanIndexForward"] else ids
    found = [photo_id for photo_id in in_order if first <= photo_id <= last]
    return found[: body["Limit"]]


def _of_postings(entries: list[Any], values: list[str], body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a Query that has read the entries: those with a word."""
    words = next((value for value in values if value.startswith(" ")), "")
    answer = {"ScannedCount": len(entries)}
    if len(entries) == body["Limit"]:
        answer["LastEvaluatedKey"] = entries[-1]
    if not words:
        return answer | {"Items": entries}
    found = [entry | {"words": {"S": f"{words.rstrip()} "}} for entry in entries]
    return answer | {"Items": found[::_RARE] if "mart" in words else found}


_RARE = 150  # one photo in so many has the word
_IDS = [f"{number:026}" for number in range(6000, 0, -1)]


def _old_harbor(photo_id: str) -> dict[str, Any]:
    photo = usual_photo(photo_id=photo_id, title="Usual old evening harbor Martina")
    return TypeSerializer().serialize(items.to_item(photo.to_dict()))["M"]


# Of a site with many photos: every upload has one tag, one word and the year. The other tags and
# words are like those of real texts, where the tag in place n has a share of about 1/n.
_UPLOADS = 250


def many_photos() -> Iterator[Photo]:
    for number in range(_UPLOADS):
        digest = sha256(str(number).encode()).digest()
        draws = [max(1, int(2000 ** (byte / 256))) for byte in digest[:12]]
        yield usual_photo(
            photo_id=str(ULID.from_int((1_800_000_000_000 << 80) + int.from_bytes(digest[:10]))),
            tags=("everywhere", *dict.fromkeys(f"tag {draw}" for draw in draws[:4])),
            description=" ".join(("everywhere", *(f"word{draw}" for draw in draws[4:]))),
            title=f"IMG {number}",
            owner=f"owner {number % 100}",
            idempotency_key=str(number),
            sha256=digest.hex(),
        )


@cache
def _records() -> dict[str, Any]:
    """Return the items of the photos by their ids."""
    found = {photo.photo_id: items.to_item(photo.to_dict()) for photo in many_photos()}
    return {photo_id: TypeSerializer().serialize(item)["M"] for photo_id, item in found.items()}


def answer_of_a_large_site(request: Any, event_name: str, **_: Any) -> Any:
    """Answer every write with a success. Tags in every tenth photo have been spread already."""
    body = json.loads(request.body)
    answer = dynamodb_answer(
        Responses={},
        UnprocessedItems={},
        Attributes=_count(request.body),
        Items=_gallery_entries(body),
        Item=_records()[body["Key"]["photo_id"]["S"]] if event_name.endswith("GetItem") else {},
    )()
    request.url = answer.url if answer else request.url
    return answer


# The newest photos of the gallery: summaries of about 350 bytes.
_SUMMARIES = [
    TypeSerializer().serialize(
        {"listing": "public", "position": f"{number:026}"}
        | items.to_item(usual_photo(photo_id=f"{number:026}", alt="gulls " * 20).summary.to_dict())
    )["M"]
    for number in range(200, 0, -1)
]


def _gallery_entries(body: Any) -> list[Any]:
    """Return the answer to a Query of one of the four partitions."""
    values = [value.get("S", "") for value in body.get("ExpressionAttributeValues", {}).values()]
    numbers = [int(f"0{value.partition('/')[2]}") for value in values if "public" in value]
    return [entry for number in numbers for entry in _SUMMARIES[number::4][: body["Limit"]]]


def _count(body: bytes) -> dict[str, Any]:
    tag = json.loads(body).get("Key", {}).get("position", {}).get("S", "")
    is_frequent = tag == "everywhere" or tag in {f"tag {place}" for place in range(1, 10)}
    return {"photos": {"N": "1000" if is_frequent else "7"}}


def busiest(units: Counter[tuple[str, str]], factor: float) -> Iterable[tuple[float, str]]:
    return sorted(((count * factor, key) for (_, key), count in units.items()), reverse=True)


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
    factor = 1000 / _UPLOADS
    most, key = next(iter(busiest(meter.writes, factor)))
    assert most <= WRITE_LIMIT, key
    assert all(units <= READ_LIMIT for units, _ in busiest(meter.reads, factor))
