"""Binary sort keys are in the order of their bytes."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from boto3.dynamodb.conditions import Key
from moto import mock_aws

from app.storage.aws.client_factory import create_clients
from app.storage.aws.table_names import TableNames
from tests.aws.binary_keys import binary_compared_by_bytes
from tests.aws.direct_dynamodb import direct_dynamodb
from tests.backends import REGION, TABLE, aws_environment, create_tables

POSTINGS = TableNames.of(TABLE).postings
# The Base64 texts of these bytes begin with each of its 64 characters, which sort otherwise.
KEYS = [bytes([4 * number]) * 16 for number in range(64)]


@pytest.fixture(params=[True, False], ids=["direct", "sent"])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A client of moto with a posting for each key."""
    with aws_environment(), binary_compared_by_bytes(), mock_aws(), ExitStack() as stack:
        clients = create_clients(REGION)
        create_tables(clients)
        if request.param:
            stack.enter_context(direct_dynamodb(clients.dynamodb))
        for key in reversed(KEYS):
            clients.dynamodb.put_item(TableName=POSTINGS, Item={"b": "sea", "i": key})
        yield clients.dynamodb


def test_a_query_compares_bytes(dynamodb: Any) -> None:
    """In both directions, and with pages of the items."""
    for place in (0, 20, 63):
        for beyond, expected in (("gt", KEYS[place + 1 :]), ("lt", KEYS[:place][::-1])):
            condition = Key("b").eq("sea") & getattr(Key("i"), beyond)(KEYS[place])
            query = {"KeyConditionExpression": condition, "ScanIndexForward": beyond == "gt"}
            assert all_pages(dynamodb.query, **query) == expected


def test_a_scan_returns_every_key(dynamodb: Any) -> None:
    assert sorted(all_pages(dynamodb.scan)) == KEYS


def all_pages(read: Any, **request: Any) -> list[bytes]:
    """Return the keys of all items, with a call for each ten."""
    keys: list[bytes] = []
    start: dict[str, Any] = {}
    while True:
        answer = read(TableName=POSTINGS, Limit=10, **request, **start)
        keys += [bytes(item["i"]) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return keys
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
