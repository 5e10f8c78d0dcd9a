"""Log-ins that were ended before their time."""

import time

from app.services.ports import Catalog
from tests.backends import Backend


def test_what_was_ended_stays_ended(catalog: Catalog) -> None:
    """A log-in is ended from then on, ending it twice is no error, and no other is ended with it."""
    assert not catalog.has_ended("one")
    for _ in range(2):
        catalog.end_login("one", int(time.time()) + 60)
    assert (catalog.has_ended("one"), catalog.has_ended("two")) == (True, False)


def test_what_was_ended_is_no_listing(backend: Backend) -> None:
    """The caretaker sees nothing of it."""
    backend.catalog.end_login("one", int(time.time()) + 60)
    assert list(backend.catalog.listings()) == []


def test_what_is_too_old_to_matter_is_forgotten(backend: Backend) -> None:
    """SQLite forgets it when the next one is ended; to DynamoDB it says when."""
    backend.catalog.end_login("old", 1)
    backend.catalog.end_login("new", 4_000_000_000)
    if backend.clients:
        items = backend.clients.dynamodb.scan(TableName="photos-listings")["Items"]
        assert {item["position"]["S"]: item["expires_at"]["N"] for item in items} == {
            "old": "1",
            "new": "4000000000",
        }
    else:
        assert (backend.catalog.has_ended("old"), backend.catalog.has_ended("new")) == (False, True)
