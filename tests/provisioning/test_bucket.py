"""Provisioning creates and configures the bucket and the tables.

Covers app.provisioning.account, app.provisioning.policies, app.provisioning.tables,
app.provisioning.table_keys and app.provisioning.tags.
"""

import json
from datetime import timedelta
from typing import Any

import pytest

from app.domain import object_keys
from app.domain.errors import StorageRefused
from app.domain.usage import RETENTION
from app.provisioning.policies import TRASH_DAYS
from tests.provisioning.recording_aws import BUCKET, TABLE, RecordingAws, recording_aws

WANTED_BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": False,
    "RestrictPublicBuckets": False,
}


def test_first_run_creates_everything(aws: RecordingAws) -> None:
    outcomes = aws.provision()
    effects = {title: outcome.effect for title, outcome in outcomes.items()}
    [index] = (title for title in effects if title.startswith("index "))
    assert effects.pop(index) == "unchanged"  # the table is created with it
    assert set(effects.values()) == {"created", "changed", "public"}
    assert all(outcome.ok for outcome in outcomes.values())


def test_second_run_changes_nothing(aws: RecordingAws) -> None:
    aws.provision()
    aws.calls.clear()
    outcomes = list(aws.provision().values())
    assert [outcome.effect for outcome in outcomes] == ["unchanged"] * (len(outcomes) - 1) + [
        "public"
    ]
    changes = [call for call in aws.calls if call.startswith(("Create", "Put", "Update", "Delete"))]
    assert changes == ["PutObject", "DeleteObject"], "only the probe"


def test_listing_the_steps_calls_nothing(aws: RecordingAws) -> None:
    provisioner = aws.provisioner()
    assert all(step.title and step.actions for step in provisioner.steps())
    assert provisioner.actions()
    assert aws.calls == []


def test_bucket_is_in_the_configured_region(aws: RecordingAws) -> None:
    aws.provision()
    assert aws.s3.head_bucket(Bucket=BUCKET)["BucketRegion"] == aws.region


def test_us_east_1_is_not_sent_as_constraint() -> None:
    with recording_aws("us-east-1") as aws:
        assert aws.run(f"bucket {BUCKET}").effect == "created"
        assert aws.run(f"bucket {BUCKET}").effect == "unchanged"


def test_acl_blocks_stay_on(aws: RecordingAws) -> None:
    aws.provision()
    assert (
        aws.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
        == WANTED_BLOCK
    )


def test_full_public_access_block_is_changed(aws: RecordingAws) -> None:
    aws.run(f"bucket {BUCKET}")
    aws.s3.put_public_access_block(
        Bucket=BUCKET,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    assert aws.run("public access block").effect == "changed"
    assert (
        aws.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
        == WANTED_BLOCK
    )


def test_block_is_turned_off_before_the_policy_is_put(aws: RecordingAws) -> None:
    aws.provision()
    assert aws.calls.index("PutPublicAccessBlock") < aws.calls.index("PutBucketPolicy")


def test_policy_keeps_other_statements(aws: RecordingAws) -> None:
    aws.run(f"bucket {BUCKET}")
    theirs = {
        "Sid": "OnlyTLS",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    aws.s3.put_bucket_policy(
        Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": theirs})
    )
    assert aws.run("bucket policy").effect == "changed"
    assert aws.run("bucket policy").effect == "unchanged"
    kept, ours = json.loads(aws.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert kept == theirs
    assert (ours["Action"], ours["Resource"]) == ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/photos/*")


def test_changed_statement_is_corrected(aws: RecordingAws) -> None:
    aws.provision()
    policy = json.loads(aws.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    policy["Statement"][0]["Resource"] = f"arn:aws:s3:::{BUCKET}/*"
    aws.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    assert aws.run("bucket policy").effect == "changed"
    (statement,) = json.loads(aws.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert statement["Resource"].endswith("/photos/*")


def test_lifecycle_keeps_other_rules_and_corrects_ours(aws: RecordingAws) -> None:
    aws.run(f"bucket {BUCKET}")
    theirs = {
        "ID": "archive",
        "Status": "Enabled",
        "Prefix": "exports/",
        "Expiration": {"Days": 90},
    }
    stale = {
        "ID": "shoebox-empty-trash",
        "Status": "Disabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": 1},
    }
    aws.s3.put_bucket_lifecycle_configuration(
        Bucket=BUCKET,
        LifecycleConfiguration={"Rules": [theirs, stale]},  # type: ignore[list-item]
    )
    assert aws.run("lifecycle").effect == "changed"
    assert aws.run("lifecycle").effect == "unchanged"
    rules = {
        rule["ID"]: rule
        for rule in aws.s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    }
    assert rules["archive"]["Filter"] == {"Prefix": "exports/"}
    assert rules["archive"]["Expiration"] == {"Days": 90}
    assert rules["shoebox-empty-trash"]["Filter"] == {"Prefix": "trash/"}
    assert rules["shoebox-empty-trash"]["Expiration"] == {"Days": 30}
    assert rules["shoebox-abort-incomplete-uploads"]["AbortIncompleteMultipartUpload"] == {
        "DaysAfterInitiation": 7
    }
    assert {rule["Status"] for rule in rules.values()} == {"Enabled"}


def test_versions_of_deleted_objects_expire(aws: RecordingAws) -> None:
    """In a bucket with versioning, nothing outlives its deletion by more than 30 days."""
    aws.run(f"bucket {BUCKET}")
    aws.run("lifecycle")
    rules = aws.s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    expiring = {
        rule["Filter"]["Prefix"]: rule["Expiration"]
        for rule in rules
        if rule.get("NoncurrentVersionExpiration") == {"NoncurrentDays": TRASH_DAYS}
    }
    assert expiring == {
        prefix: {"ExpiredObjectDeleteMarker": True}
        if prefix != object_keys.TRASH_PREFIX
        else {"Days": TRASH_DAYS}  # with which S3 removes expired delete markers too
        for prefix in object_keys.PREFIXES
    }


def test_bucket_and_tables_are_tagged(aws: RecordingAws) -> None:
    """The operator's own tags stay."""
    aws.run(f"bucket {BUCKET}")
    theirs: Any = {"Key": "CostCenter", "Value": "42"}
    aws.s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [theirs]})
    aws.provision()
    ours = {"Key": "Application", "Value": "shoebox"}
    assert aws.s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [theirs, ours]
    for table in (TABLE, f"{TABLE}-listings"):
        arn = aws.dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
        assert aws.dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [ours]


def test_lifecycle_and_service_use_the_same_retention() -> None:
    assert timedelta(days=TRASH_DAYS) == RETENTION


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
