"""Threads share the client of DynamoDB: each call sends its own conditions.

Covers app.storage.aws.client_factory.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import TYPE_CHECKING, Any

import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.awsrequest import AWSRequest, AWSResponse

from app.storage.aws.client_factory import create_clients
from tests.backends import REGION, aws_environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREADS = 8
CALLS = 150  # of each thread
SAMPLED = 30
Call = Callable[["DynamoDBClient", str], object]


def query(client: "DynamoDBClient", name: str) -> object:
    return client.query(
        TableName="photos",
        KeyConditionExpression=Key("listing").eq(f"listing of {name}")
        & Key("position").between(f"first of {name}", f"last of {name}"),
        FilterExpression=Attr("state").eq(f"state of {name}") & Attr("owner").exists(),
    )


def put(client: "DynamoDBClient", name: str) -> object:
    condition = Attr("listing").eq(f"listing of {name}") & Attr("state").eq(f"state of {name}")
    return client.put_item(
        TableName="photos",
        Item={"photo_id": name},
        ConditionExpression=condition,  # type: ignore[arg-type]  # boto3 replaces it
    )


def scan(client: "DynamoDBClient", name: str) -> object:
    condition = Attr("listing").eq(f"listing of {name}") & Attr("state").eq(f"state of {name}")
    return client.scan(TableName="photos", FilterExpression=condition)


@pytest.fixture
def sent() -> local:
    """The last request of each thread."""
    return local()


@pytest.fixture
def client(sent: local) -> Iterator["DynamoDBClient"]:
    """A client whose requests are not sent, in a process that switches threads all the time."""

    def answer(request: AWSRequest, **_: object) -> AWSResponse:
        sent.request = json.loads(request.body)
        response = AWSResponse("https://dynamodb.invalid", 200, {}, None)
        response._content = b'{"Items": []}'
        return response

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with aws_environment():
            client = create_clients(REGION).dynamodb
        client.meta.events.register("before-send.dynamodb", answer)
        yield client
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.parametrize("call", [query, put, scan])
def test_calls_at_the_same_moment_send_their_own_conditions(
    client: "DynamoDBClient", sent: local, call: Call, *, exhaustive: bool
) -> None:
    """Each call sends the conditions that it sends alone."""
    call(client, "NAME")
    alone = _conditions(sent.request)
    assert "listing = listing of NAME AND" in alone

    def make_calls(thread: int) -> None:
        for number in range(CALLS if exhaustive else SAMPLED):
            name = f"{thread}-{number}"
            call(client, name)
            assert _conditions(sent.request) == alone.replace("NAME", name)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(make_calls, range(THREADS)))


def _conditions(request: dict[str, Any]) -> str:
    """Return the conditions of a request, with the names and values of their placeholders."""
    expressions = [request[key] for key in sorted(request) if key.endswith("Expression")]
    names = request["ExpressionAttributeNames"]
    values = {name: value["S"] for name, value in request["ExpressionAttributeValues"].items()}
    return re.sub(r"[#:]\w+", lambda match: (names | values)[match[0]], "; ".join(expressions))
