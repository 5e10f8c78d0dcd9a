"""A bucket that only a CloudFront distribution may read."""

import json
from io import BytesIO
from typing import Any
from urllib.error import HTTPError

import pytest

from app.domain.errors import StorageRefused
from app.provisioning import BucketAccess
from app.provisioning.bucket_access import PUBLIC
from tests.provisioning.recording_aws import BUCKET, RecordingAws

DISTRIBUTION = "E2QWRUHAPOMQZL"
CDN = BucketAccess(DISTRIBUTION)
CDN_URL = "https://d111111abcdef8.cloudfront.net"
OTHER = {
    "Sid": "Others",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:DeleteBucket",
    "Resource": f"arn:aws:s3:::{BUCKET}",
}


def statements(aws: RecordingAws) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(aws.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])[
        "Statement"
    ]
    return found


def test_only_the_distribution_may_read_photos(aws: RecordingAws) -> None:
    results = aws.provision(access=CDN, base_url=CDN_URL)
    (statement,) = statements(aws)
    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert (statement["Action"], statement["Resource"]) == (
        "s3:GetObject",
        f"arn:aws:s3:::{BUCKET}/photos/*",
    )
    source = f"arn:aws:cloudfront::123456789012:distribution/{DISTRIBUTION}"
    assert statement["Condition"] == {"StringEquals": {"AWS:SourceArn": source}}
    block = aws.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    assert results[f"anyone can read {CDN_URL}/photos/* (puts, reads and deletes an object)"].ok


def test_second_run_changes_nothing(aws: RecordingAws) -> None:
    aws.provision(access=CDN, base_url=CDN_URL)
    again = aws.provision(access=CDN, base_url=CDN_URL)
    assert {result.effect for result in again.values()} == {"unchanged", "public"}


@pytest.mark.parametrize(("before", "after"), [(PUBLIC, CDN), (CDN, PUBLIC)])
def test_change_of_the_readers_removes_the_earlier_statement(
    aws: RecordingAws, before: BucketAccess, after: BucketAccess
) -> None:
    """The operator's statements stay."""
    aws.provision(access=before)
    policy = {"Version": "2012-10-17", "Statement": [*statements(aws), OTHER]}
    aws.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    aws.provision(access=after)
    kept = after.policy(BUCKET, "aws", "123456789012")["Statement"]
    assert sorted(statements(aws), key=str) == sorted([*kept, OTHER], key=str)


def test_account_that_blocks_public_access_may_have_a_private_bucket(aws: RecordingAws) -> None:
    """That is the usual reason for one."""
    block = dict.fromkeys(
        (
            "BlockPublicAcls",
            "IgnorePublicAcls",
            "BlockPublicPolicy",
            "RestrictPublicBuckets",
        ),
        True,
    )
    aws.s3control.put_public_access_block(
        AccountId="123456789012", PublicAccessBlockConfiguration=block
    )
    results = aws.provision(access=CDN, base_url=CDN_URL)
    assert all(result.ok for result in results.values())


def test_distribution_that_may_not_read_is_named(aws: RecordingAws) -> None:
    """The message is about the distribution, not about a public bucket."""

    def refuse(url: str) -> bytes:
        raise HTTPError(url, 403, "Forbidden", {}, BytesIO())  # type: ignore[arg-type]

    aws.provision(access=CDN, base_url=CDN_URL)
    result = aws.run("anyone can read", access=CDN, base_url=CDN_URL, fetch=refuse)
    assert result.effect == "not public"
    assert DISTRIBUTION in result.detail
    assert "origin access control" in result.detail


def test_unknown_account_is_refused() -> None:
    """A policy without the account would let distributions of others read."""
    with pytest.raises(StorageRefused, match="account"):
        CDN.policy(BUCKET, "aws", None)


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_policy_has_the_partition(partition: str) -> None:
    (statement,) = CDN.policy(BUCKET, partition, "123456789012")["Statement"]
    assert statement["Resource"].startswith(f"arn:{partition}:s3:::")
    (source,) = statement["Condition"]["StringEquals"].values()
    assert source.startswith(f"arn:{partition}:cloudfront::")
