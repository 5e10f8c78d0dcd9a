"""Provisioning creates and configures the tables.

Covers app.provisioning.table_keys.
"""

from typing import Any

import pytest

from app.domain.errors import StorageRefused
from tests.provisioning.recording_aws import TABLE, RecordingAws


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        (TABLE, [("photo_id", "HASH")]),
        (f"{TABLE}-listings", [("listing", "HASH"), ("position", "RANGE")]),
    ],
)
def test_tables_have_their_keys_and_deletion_protection(
    aws: RecordingAws, name: str, keys: list[tuple[str, str]]
) -> None:
    aws.provision()
    table = aws.dynamodb.describe_table(TableName=name)["Table"]
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == keys
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"]
    backups = aws.dynamodb.describe_continuous_backups(TableName=name)[
        "ContinuousBackupsDescription"
    ]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.mark.parametrize("table", [TABLE, f"{TABLE}-listings"])
def test_tables_have_a_ttl(aws: RecordingAws, table: str) -> None:
    aws.provision()
    expiry = aws.dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_existing_table_gets_our_settings(aws: RecordingAws) -> None:
    aws.dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "photo_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "photo_id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    )
    outcome = aws.run(f"table {TABLE} ")
    assert (outcome.effect, outcome.detail) == (
        "changed",
        "now protected from deletion and billed on demand.",
    )
    assert aws.run(f"table {TABLE} ").effect == "unchanged"


def test_table_with_another_key_is_refused(aws: RecordingAws) -> None:
    aws.dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "customer", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(StorageRefused, match="TABLE_NAME"):
        aws.run(f"table {TABLE} ")
    assert not aws.dynamodb.describe_table(TableName=TABLE)["Table"]["DeletionProtectionEnabled"]


@pytest.mark.parametrize(
    ("table", "key", "kind", "name"),
    [
        (TABLE, "photo_id", "N", "Number"),
        (TABLE, "photo_id", "B", "Binary"),
        (f"{TABLE}-listings", "position", "N", "Number"),
    ],
)
def test_table_with_a_key_of_another_type_is_refused(
    aws: RecordingAws, table: str, key: str, kind: Any, name: str
) -> None:
    """The message names the key and both types, as the console does."""
    keys = ["photo_id"] if table == TABLE else ["listing", "position"]
    aws.dynamodb.create_table(
        TableName=table,
        KeySchema=[
            {"AttributeName": attribute, "KeyType": "RANGE" if place else "HASH"}
            for place, attribute in enumerate(keys)
        ],
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": kind if attribute == key else "S"}
            for attribute in keys
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(
        StorageRefused, match=f"{table} has the key {key} of type {name}, not String"
    ):
        aws.run(f"table {table} ")


def test_ttl_on_another_attribute_is_kept(aws: RecordingAws) -> None:
    aws.run(f"table {TABLE} ")
    aws.dynamodb.update_time_to_live(
        TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "gone_by"}
    )
    with pytest.raises(StorageRefused, match="gone_by"):
        aws.run(f"deleted photos leave {TABLE} ")
