"""With less overhead, moto stores and returns the same."""

from contextlib import nullcontext
from typing import Any

import pytest
from moto import mock_aws

from app.storage.aws.client_factory import create_clients
from app.storage.aws.dynamodb_client import DynamoClient
from tests.aws.moto_overhead import reduced_overhead
from tests.backends import REGION, TABLE, aws_environment, create_tables

CHANGES = ({"photos": 2, "bytes": 300}, {"photos": -3}, {"other": 0, "bytes": 1})
LISTINGS = f"{TABLE}-listings"


@pytest.mark.parametrize("key", [{"photo_id": "one"}, {"listing": "one", "position": "two"}])
@pytest.mark.parametrize("expires_at", [None, 1_900_000_000])
def test_counters_are_the_same(key: dict[str, str], expires_at: int | None) -> None:
    """Of an item that exists or not, with attributes that exist or not."""
    found = [_count(key, expires_at, is_reduced=is_reduced) for is_reduced in (True, False)]
    assert found[0] == found[1]


def _count(key: dict[str, str], expires_at: int | None, *, is_reduced: bool) -> list[Any]:
    with aws_environment(), reduced_overhead() if is_reduced else nullcontext(), mock_aws():
        clients = create_clients(REGION)
        create_tables(clients)
        client = DynamoClient(clients.dynamodb)
        table = LISTINGS if "listing" in key else TABLE
        sums = [client.increment(table, key, changes, expires_at) for changes in CHANGES]
        return [*sums, client.get_item(table, key), list(client.scan(TableName=table))]
