"""Direct calls of moto return the same as calls over HTTP."""

from functools import partial
from typing import Any

from app.storage.aws.client_factory import Clients
from tests.aws.direct_calls import call_over_http
from tests.aws.direct_dynamodb import direct_dynamodb
from tests.aws.direct_s3 import direct_s3
from tests.backends import BUCKET, TABLE, aws_backend, make_photo
from tests.maintenance.conftest import OWNER, add
from tests.storage.aws_calls import client_error, listening, recorded

_ONE = {"photo_id": "one"}
_IS_NEW = "attribute_not_exists(photo_id)"
_PUT_TWO = {"Put": {"TableName": TABLE, "Item": {"photo_id": "two"}}}


def test_direct_calls_return_the_same() -> None:
    """Reads of DynamoDB and listings of S3 return the same values."""
    with aws_backend(is_direct=False) as backend:
        assert backend.clients
        clients = backend.clients
        photo = add(backend, title="By", tags="sea")
        sent = _reads(clients, photo.photo_id)
        with direct_dynamodb(clients.dynamodb), direct_s3(clients.s3):
            direct = _reads(clients, photo.photo_id)
    assert direct == sent
    assert all(any(answer.values()) for answer in direct)


def test_direct_calls_write_the_same() -> None:
    """A photo that is published directly has the same record, listings and counters."""
    photo = make_photo(tags=("sea",))
    stored = []
    for is_direct in (False, True):
        with aws_backend(is_direct=is_direct) as backend:
            assert backend.clients
            with recorded(backend.clients) as calls:
                backend.catalog.publish(photo)
            assert calls.made
            stored.append(_reads(backend.clients, photo.photo_id))
    assert stored[0] == stored[1]


def test_a_refused_write_raises_the_same_error() -> None:
    """A condition that does not hold raises the error that is raised over HTTP, and no other."""
    with aws_backend() as backend:
        assert backend.clients
        dynamodb: Any = backend.clients.dynamodb
        dynamodb.put_item(TableName=TABLE, Item=_ONE)
        new = {"TableName": TABLE, "Item": _ONE, "ConditionExpression": _IS_NEW}
        calls = (
            partial(dynamodb.put_item, **new),
            partial(dynamodb.put_item, **new, ReturnValuesOnConditionCheckFailure="ALL_OLD"),
            partial(dynamodb.delete_item, TableName=TABLE, Key=_ONE, ConditionExpression=_IS_NEW),
            partial(dynamodb.transact_write_items, TransactItems=[{"Put": new}, _PUT_TWO]),
        )
        direct = [client_error(call) for call in calls]
        with listening(backend.clients, "before-parameter-build", call_over_http):
            sent = [client_error(call) for call in calls]
        assert direct == sent
        assert "Item" not in dynamodb.get_item(TableName=TABLE, Key={"photo_id": "two"})


def _reads(clients: Clients, photo_id: str) -> list[dict[str, Any]]:
    """Return the answers to reads of each kind, without metadata."""
    dynamodb: Any = clients.dynamodb
    key = {"photo_id": photo_id}
    query = {
        "TableName": f"{TABLE}-listings",
        "KeyConditionExpression": "listing = :listing",
        "ExpressionAttributeValues": {":listing": f"owner:{OWNER}"},
    }
    answers = [
        dynamodb.get_item(TableName=TABLE, Key=key),
        dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": [key]}}),
        dynamodb.query(**query),
        dynamodb.scan(TableName=TABLE, Limit=1),
        dynamodb.scan(TableName=f"{TABLE}-listings"),
        *(_listing(clients, prefix) for prefix in ("photos/", "hidden/", "")),
    ]
    return [_without(answer, "ResponseMetadata") for answer in answers]


def _listing(clients: Clients, prefix: str) -> dict[str, Any]:
    """Return the keys and sizes, which S3Store reads."""
    page = clients.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    found = [(each["Key"], each["Size"]) for each in page.get("Contents", [])]
    return {"found": found, "prefix": f"/{prefix}"}


def _without(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != name}
