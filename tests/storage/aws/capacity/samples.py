"""A usual photo, many photos, answers as of a site with many photos, and busy partitions."""

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from ulid import ULID

from app.domain.photo import Photo
from app.domain.photo_ids import from_bytes, to_bytes
from app.storage.aws import dynamodb_items as items
from app.storage.aws.table_names import TableNames
from tests.backends import TABLE, make_photo
from tests.storage.aws_calls import dynamodb_answer

DESCRIPTION = "The last ferry of the day leaves for the island, with gulls behind it."
TAGS = ("sunset", "harbour", "boats", "summer 2026", "island")
TABLES = TableNames.of(TABLE)
USUAL: dict[str, Any] = {
    "title": "Evening at the old pier",
    "description": DESCRIPTION,
    "tags": TAGS,
    "taken_at": datetime.fromisoformat("2026-08-05T20:14:09"),
}


def usual_photo(**changes: Any) -> Photo:
    """Return a photo with a title, a sentence and five tags."""
    return make_photo(**(USUAL | changes))


def answer_of_frequent_words(request: Any, **_: Any) -> Any:
    """Answer as a site of which every photo has every word would."""
    body = json.loads(request.body)
    if "RequestItems" in body:
        ids = [key["photo_id"]["S"] for key in body["RequestItems"][TABLE]["Keys"]]
        answer = dynamodb_answer(Responses={TABLE: [_old_harbor(photo_id) for photo_id in ids]})()
    elif body["TableName"] == TABLES.postings:
        answer = dynamodb_answer(**_of_postings(body))()
    else:
        answer = dynamodb_answer(**_of_listing(body))()
    request.url = answer.url if answer else request.url
    return answer


def _of_listing(body: dict[str, Any]) -> dict[str, Any]:
    values = [value["S"] for value in body["ExpressionAttributeValues"].values()]
    listing = next(value for value in values if ":" in value)
    ids = IDS[int(f"0{listing.partition('/')[2]}") :: 4] if "tag:" in listing else IDS
    first, last = sorted(value for value in values if value[0].isdigit() or value == "~")
    found = [photo_id for photo_id in _in_order(ids, body) if first <= photo_id <= last]
    entries = [{"listing": {"S": listing}, "position": {"S": each}} for each in found]
    return _limited(entries, body)


def _of_postings(body: dict[str, Any]) -> dict[str, Any]:
    """Return those of the next postings that have a word: all, unless it is a rare one."""
    values = body["ExpressionAttributeValues"].items()
    of_key = [value for name, value in values if name in body["KeyConditionExpression"]]
    position, beginning = sorted(of_key, key=list)  # {"B": …} and {"S": …}
    edge = from_bytes(b64decode(position["B"]))
    is_beyond = edge.__lt__ if body["ScanIndexForward"] else edge.__gt__
    suffixes = [value for _, value in values if value not in of_key and value["S"][0] != " "]
    item = {"b": beginning} | ({"w": suffixes[0]} if suffixes else {})
    found = [
        item | {"i": {"B": b64encode(to_bytes(photo_id)).decode()}}
        for photo_id in _in_order(IDS, body)
        if is_beyond(photo_id)
    ]
    answer = _limited(found, body)
    step = _RARE if beginning["S"] == "mar" else 1
    return answer | {"Items": answer["Items"][::step]}


def _in_order(ids: list[str], body: dict[str, Any]) -> Iterable[str]:
    return reversed(ids) if body["ScanIndexForward"] else ids


def _limited(entries: list[Any], body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a Query that would find the entries without a limit."""
    read = entries[: body["Limit"]]
    answer: dict[str, Any] = {"Items": read, "ScannedCount": len(read)}
    if len(read) == body["Limit"]:
        answer["LastEvaluatedKey"] = read[-1]
    return answer


_RARE = 150  # one photo in so many has the word
IDS = [f"{number:026}" for number in range(6000, 0, -1)]


def _old_harbor(photo_id: str) -> dict[str, Any]:
    photo = usual_photo(photo_id=photo_id, title="Usual old evening harbor Martina")
    return TypeSerializer().serialize(items.to_item(photo.to_dict()))["M"]


# Of a site with many photos: every upload has one tag, one word and the year. The other tags and
# words are like those of real texts, where the tag in place n has a share of about 1/n.
UPLOADS = 250


def many_photos() -> Iterator[Photo]:
    for number in range(UPLOADS):
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
