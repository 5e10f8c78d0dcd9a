"""Provisioning creates and configures the tables.

Covers app.provisioning.table_keys, app.provisioning.table_specs, app.storage.aws.table_names.
"""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import StorageRefused
from app.provisioning.table_specs import table_specs
from tests.provisioning.recording_aws import TABLE, RecordingAws


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        (TABLE, [("photo_id", "HASH")]),
        (f"{TABLE}-listings", [("listing", "HASH"), ("position", "RANGE")]),
        (f"{TABLE}-postings", [("b", "HASH"), ("i", "RANGE")]),
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


def test_postings_have_no_ttl(aws: RecordingAws) -> None:
    """They have no time at which they expire."""
    outcomes = aws.provision()
    answer = aws.dynamodb.describe_time_to_live(TableName=f"{TABLE}-postings")
    assert answer["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"
    assert not any(title.startswith(f"deleted photos leave {TABLE}-p") for title in outcomes)


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
    ("number", "key", "kind", "types"),
    [
        (0, "photo_id", "N", "Number, not String"),
        (0, "photo_id", "B", "Binary, not String"),
        (1, "position", "N", "Number, not String"),
        (2, "i", "S", "String, not Binary"),
    ],
)
def test_table_with_a_key_of_another_type_is_refused(
    aws: RecordingAws, number: int, key: str, kind: Any, types: str
) -> None:
    """The message names the key and both types, as the console does."""
    spec = table_specs(TABLE)[number]
    other = replace(spec, keys={**spec.keys, key: kind}, index=None)
    aws.dynamodb.create_table(**other.definition)
    with pytest.raises(StorageRefused, match=f"{spec.name} has the key {key} of type {types}"):
        aws.run(f"table {spec.name} ")


def test_ttl_on_another_attribute_is_kept(aws: RecordingAws) -> None:
    aws.run(f"table {TABLE} ")
    aws.dynamodb.update_time_to_live(
        TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "gone_by"}
    )
    with pytest.raises(StorageRefused, match="gone_by"):
        aws.run(f"deleted photos leave {TABLE} ")
