"""Provisioning creates and configures the bucket, and keeps the operator's own settings.

Covers app.provisioning.account, app.provisioning.policies.
"""

import json
from datetime import timedelta

from app.domain import object_keys
from app.domain.usage import RETENTION
from app.provisioning.policies import TRASH_DAYS
from tests.provisioning.recording_aws import BUCKET, RecordingAws, recording_aws

WANTED_BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": False,
    "RestrictPublicBuckets": False,
}


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


def test_lifecycle_and_service_use_the_same_retention() -> None:
    assert timedelta(days=TRASH_DAYS) == RETENTION
