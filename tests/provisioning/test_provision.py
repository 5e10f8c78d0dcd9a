"""What provisioning leaves behind, the first time and every time after."""

import json
from datetime import timedelta

import pytest

from app.domain.errors import StorageRefused
from app.provisioning.policies import TRASH_DAYS
from app.services.trash import RETENTION
from tests.provisioning.cloud import BUCKET, TABLE, Cloud, cloud

WANTED_BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": False,
    "RestrictPublicBuckets": False,
}


def test_first_run_makes_everything(aws: Cloud) -> None:
    outcomes = aws.provision()
    assert {outcome.effect for outcome in outcomes.values()} == {"made", "changed", "public"}
    assert all(outcome.ok for outcome in outcomes.values())


def test_second_run_finds_everything_and_changes_nothing(aws: Cloud) -> None:
    aws.provision()
    aws.calls.clear()
    outcomes = list(aws.provision().values())
    assert [outcome.effect for outcome in outcomes] == ["there already"] * (len(outcomes) - 1) + [
        "public"
    ]
    changes = [call for call in aws.calls if call.startswith(("Create", "Put", "Update", "Delete"))]
    assert changes == ["PutObject", "DeleteObject"], "only the probe"


def test_naming_the_steps_calls_nothing(aws: Cloud) -> None:
    provisioner = aws.provisioner()
    assert all(step.title and step.actions for step in provisioner.steps())
    assert provisioner.actions()
    assert aws.calls == []


def test_bucket_is_where_it_was_asked_for(aws: Cloud) -> None:
    aws.provision()
    assert aws.s3.head_bucket(Bucket=BUCKET)["BucketRegion"] == aws.region


def test_us_east_1_is_never_named() -> None:
    with cloud("us-east-1") as aws:
        assert aws.run(f"bucket {BUCKET}").effect == "made"
        assert aws.run(f"bucket {BUCKET}").effect == "there already"


def test_public_access_block_is_lifted_only_as_far_as_a_policy_needs(aws: Cloud) -> None:
    aws.provision()
    assert (
        aws.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
        == WANTED_BLOCK
    )


def test_a_public_access_block_that_is_all_on_is_changed(aws: Cloud) -> None:
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


def test_the_block_is_lifted_before_the_policy_is_put(aws: Cloud) -> None:
    aws.provision()
    assert aws.calls.index("PutPublicAccessBlock") < aws.calls.index("PutBucketPolicy")


def test_the_policy_names_the_bucket_and_keeps_the_operators_statements(aws: Cloud) -> None:
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
    assert aws.run("bucket policy").effect == "there already"
    kept, ours = json.loads(aws.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert kept == theirs
    assert (ours["Action"], ours["Resource"]) == ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/photos/*")


def test_a_statement_of_ours_that_was_widened_is_put_right(aws: Cloud) -> None:
    aws.provision()
    policy = json.loads(aws.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    policy["Statement"][0]["Resource"] = f"arn:aws:s3:::{BUCKET}/*"
    aws.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    assert aws.run("bucket policy").effect == "changed"
    (statement,) = json.loads(aws.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert statement["Resource"].endswith("/photos/*")


def test_lifecycle_keeps_other_rules_and_puts_ours_right(aws: Cloud) -> None:
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
    assert aws.run("lifecycle").effect == "there already"
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


def test_aws_empties_the_trash_when_the_library_would() -> None:
    assert timedelta(days=TRASH_DAYS) == RETENTION


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        (TABLE, [("photo_id", "HASH")]),
        (f"{TABLE}-listings", [("listing", "HASH"), ("photo_id", "RANGE")]),
    ],
)
def test_tables_have_their_keys_and_are_protected(
    aws: Cloud, name: str, keys: list[tuple[str, str]]
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
def test_records_and_listings_expire(aws: Cloud, table: str) -> None:
    aws.provision()
    expiry = aws.dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_a_table_made_by_hand_is_brought_to_our_settings(aws: Cloud) -> None:
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
    assert aws.run(f"table {TABLE} ").effect == "there already"


def test_a_table_of_something_else_is_left_alone(aws: Cloud) -> None:
    aws.dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "customer", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(StorageRefused, match="TABLE_NAME"):
        aws.run(f"table {TABLE} ")
    assert not aws.dynamodb.describe_table(TableName=TABLE)["Table"]["DeletionProtectionEnabled"]


def test_an_expiry_of_the_operators_own_is_left_alone(aws: Cloud) -> None:
    aws.run(f"table {TABLE} ")
    aws.dynamodb.update_time_to_live(
        TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "gone_by"}
    )
    with pytest.raises(StorageRefused, match="gone_by"):
        aws.run(f"deleted photos leave {TABLE} ")
