"""Sessions that were revoked before they expired.

Covers app.services.session_revocations, app.storage.aws.session_revocations,
app.storage.local.session_revocations.
"""

import time

from tests.backends import Backend


def test_a_revoked_session_stays_revoked(backend: Backend) -> None:
    """The first call says that it revoked the session. It revokes no other session."""
    revocations = backend.session_revocations
    assert not revocations.is_revoked("one")
    until = int(time.time()) + 60
    assert [revocations.revoke("one", until) for _ in range(3)] == [True, False, False]
    assert revocations.is_revoked("one")
    assert not revocations.is_revoked("two")


def test_a_revocation_is_no_listing(backend: Backend) -> None:
    """The integrity check does not see revocations."""
    backend.session_revocations.revoke("one", int(time.time()) + 60)
    assert list(backend.catalog.listings()) == []


def test_an_expired_revocation_is_deleted(backend: Backend) -> None:
    """SQLite deletes it with the next revocation. DynamoDB deletes it by its `expires_at`."""
    revocations = backend.session_revocations
    revocations.revoke("old", 1)
    revocations.revoke("new", 4_000_000_000)
    if backend.clients is None:
        assert not revocations.is_revoked("old")
        assert revocations.is_revoked("new")
        return
    items = backend.clients.dynamodb.scan(TableName="photos-listings")["Items"]
    expiry = {item["position"]: item["expires_at"] for item in items}
    assert expiry == {"old": 1, "new": 4_000_000_000}


def test_one_generation_of_cookies_is_valid(backend: Backend) -> None:
    """The last one that was set, for each contributor. It is stored once and never expires."""
    revocations = backend.session_revocations
    assert revocations.generation_of("ada") is None
    for generation in ("one", "two", "two"):
        revocations.set_generation("ada", generation)
        assert revocations.generation_of("ada") == generation
    assert revocations.generation_of("bob") is None
    assert list(backend.catalog.listings()) == []
    if backend.clients:
        (item,) = backend.clients.dynamodb.scan(TableName="photos-listings")["Items"]
        assert "expires_at" not in item
