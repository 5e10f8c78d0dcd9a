"""150 guests add photos to one album at the same moment: they do not wait for each other on AWS.

Covers app.services.albums.album_covers with transactions that meet.
"""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.services.factory import Services
from tests.backends import Backend, aws_backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.storage.aws_calls import AwsCalls, cancelled, listening, recorded
from tests.visitor import JSON, Visitor

Keys = set[tuple[str, ...]]  # the table and the key of each item
_TRANSACTION = "TransactWriteItems"
_KEY_NAMES = ("photo_id", "listing", "position")


@pytest.fixture
def backend() -> Iterator[Backend]:
    with aws_backend() as backend:
        yield backend


@pytest.fixture(params=[False, True], ids=["shown at once", "reviewed"])
def party(request: pytest.FixtureRequest, services: Services) -> Album:
    """An album with a guest link."""
    album = services.albums.create("0" * 32, AlbumText("Party", ""))
    settings = {"guest_access": GuestAccess.ADD, "guest_review": request.param}
    return services.guest_links.change(album, 1, **settings)


@pytest.fixture
def app(config: Config, backend: Backend) -> Flask:
    return create_app(config, services_of(backend, config))


def join(app: Flask, party: Album) -> Visitor:
    """Return the browser of a new guest."""
    guest = Visitor(app)
    assert guest.submit(f"/join/{party.guest_code}").status_code == 303
    return guest


def add_photo(guest: Visitor, party: Album) -> int:
    """Send a photo, and return the status code."""
    path = f"/upload?guest={party.guest_code}"
    return guest.post(path, {"photo": [(BytesIO(jpeg(80, 60)), "a.jpg")]}, JSON).status_code


def test_guests_write_no_item_together_in_transactions(
    app: Flask, party: Album, backend: Backend
) -> None:
    """DynamoDB cancels transactions that write one item at the same moment.

    Counters are written outside of transactions, where DynamoDB adds each of them.
    """
    assert backend.clients
    guests = [join(app, party) for _ in range(3)]
    assert add_photo(guests[0], party) == 201  # the first photo may become the cover
    written = []
    for guest in guests:
        with recorded(backend.clients) as calls:
            assert add_photo(guest, party) == 201
        written.append(transaction_keys(calls))
        assert written[-1].isdisjoint(counter_keys(calls))
    assert all(written)
    for number, keys in enumerate(written):
        assert keys.isdisjoint(set().union(*written[number + 1 :]))


def test_a_guest_does_not_pay_for_a_cover_that_meets_others(
    app: Flask, party: Album, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first guests of a party all want to give the album its cover."""
    assert backend.clients
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    conflict = cancelled("TransactionConflict", "None")

    def meet(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        if not _writes_record_of(party, request):
            return None
        answer = conflict()
        assert answer is not None
        request.url = answer.url
        return answer

    with listening(backend.clients, "before-send", meet, _TRANSACTION):
        statuses = [add_photo(join(app, party), party) for _ in range(3)]
    assert statuses == [201] * 3
    assert len(list(backend.catalog.photos())) == 3
    assert backend.albums.get(party.album_id).cover == ""


def transaction_keys(calls: AwsCalls) -> Keys:
    """Return the keys of the items that transactions wrote."""
    writes = [
        write
        for operation, parameters in calls.made
        if operation == _TRANSACTION
        for each in parameters["TransactItems"]
        for write in each.values()
    ]
    return {_key(write["TableName"], write.get("Item") or write["Key"]) for write in writes}


def counter_keys(calls: AwsCalls) -> Keys:
    """Return the keys of the items that were updated outside of transactions."""
    updates = [parameters for operation, parameters in calls.made if operation == "UpdateItem"]
    return {_key(update["TableName"], update["Key"]) for update in updates}


def _key(table: str, item: dict[str, Any]) -> tuple[str, ...]:
    return table, *(str(item[name]) for name in _KEY_NAMES if name in item)


def _writes_record_of(album: Album, request: AWSPreparedRequest) -> bool:
    record = {"listing": {"S": f"album:{album.album_id}"}, "position": {"S": "!"}}
    written = [
        write for each in json.loads(request.body)["TransactItems"] for write in each.values()
    ]
    items = [write.get("Item") or write["Key"] for write in written]
    return any(record.items() <= item.items() for item in items)
