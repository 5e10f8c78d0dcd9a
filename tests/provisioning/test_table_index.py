"""The index by which tags are listed by use."""

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest

from app.domain.errors import StorageUnavailable
from tests.provisioning.recording_aws import TABLE, RecordingAws

LISTINGS = f"{TABLE}-listings"
STEP = "index by_photos"


@pytest.fixture
def older_table(aws: RecordingAws) -> None:
    """A listings table of a version without the index."""
    aws.dynamodb.create_table(
        TableName=LISTINGS,
        KeySchema=[
            {"AttributeName": "listing", "KeyType": "HASH"},
            {"AttributeName": "position", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "listing", "AttributeType": "S"},
            {"AttributeName": "position", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def indexes(aws: RecordingAws) -> list[dict[str, Any]]:
    table = aws.dynamodb.describe_table(TableName=LISTINGS)["Table"]
    return [
        {key["AttributeName"]: key["KeyType"] for key in index["KeySchema"]}
        | index["Projection"]
        | {"name": index["IndexName"]}
        for index in table.get("GlobalSecondaryIndexes", [])
    ]


EXPECTED = [
    {"name": "by_photos", "listing": "HASH", "photos": "RANGE", "ProjectionType": "KEYS_ONLY"}
]


def test_a_new_table_has_the_index(aws: RecordingAws) -> None:
    """CreateTable makes it, so its own step changes nothing."""
    aws.run(f"table {LISTINGS} ")
    assert indexes(aws) == EXPECTED
    assert aws.run(STEP).effect == "unchanged"


@pytest.mark.usefixtures("older_table")
def test_a_table_of_an_earlier_version_gets_the_index(aws: RecordingAws) -> None:
    """The step is needed once."""
    assert aws.run(STEP).effect == "changed"
    assert indexes(aws) == EXPECTED
    assert aws.run(STEP).effect == "unchanged"


def answer_statuses(
    aws: RecordingAws, monkeypatch: pytest.MonkeyPatch, statuses: Iterator[str]
) -> None:
    """Let DescribeTable answer with these statuses of the index, one after another."""
    describe = aws.dynamodb.describe_table

    def describe_table(**request: Any) -> Any:
        answer = describe(**request)
        for index in answer["Table"].get("GlobalSecondaryIndexes", []):
            index["IndexStatus"] = next(statuses)
        return answer

    monkeypatch.setattr(aws.dynamodb, "describe_table", describe_table)


@pytest.mark.usefixtures("older_table")
def test_the_step_waits_until_the_index_is_filled(
    aws: RecordingAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query of an index that is not filled yet fails."""
    answer_statuses(aws, monkeypatch, iter(("CREATING", "CREATING", "ACTIVE")))
    assert aws.run(STEP).effect == "changed"
    assert aws.pauses == [2, 2]


@pytest.mark.usefixtures("older_table")
def test_an_index_that_is_not_filled_in_time_is_reported(
    aws: RecordingAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator runs the command again."""
    answer_statuses(aws, monkeypatch, repeat("CREATING"))
    with pytest.raises(StorageUnavailable, match="Run this again"):
        aws.run(STEP)
    assert sum(aws.pauses) == 300
