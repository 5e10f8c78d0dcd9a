"""Errors of AWS during provisioning: messages and retries."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError

from app.domain.errors import StorageRefused, StorageUnavailable
from app.provisioning.steps import ProvisioningStep
from tests.provisioning.recording_aws import BUCKET, TABLE, RecordingAws, failure


def test_bucket_of_another_account_is_refused(
    aws: RecordingAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    ).create_bucket(Bucket=BUCKET)
    monkeypatch.delenv("MOTO_ACCOUNT_ID")
    aws.answer(aws.s3, "HeadBucket", 403)
    with pytest.raises(
        StorageRefused, match=f"{BUCKET} belongs to another AWS account.*BUCKET_NAME"
    ):
        aws.run(f"bucket {BUCKET}")


def test_head_bucket_sends_the_expected_owner(aws: RecordingAws) -> None:
    asked: list[dict[str, Any]] = []
    aws.s3.meta.events.register(
        "provide-client-params.s3.HeadBucket", lambda params, **_: asked.append(params)
    )
    aws.run(f"bucket {BUCKET}")
    assert asked[0]["ExpectedBucketOwner"] == aws.sts.get_caller_identity()["Account"]


def test_bucket_in_another_region_is_refused(aws: RecordingAws) -> None:
    aws.run(f"bucket {BUCKET}")
    with pytest.raises(StorageRefused, match=r"is in eu-west-1, not in us-west-2.*REGION"):
        aws.run(f"bucket {BUCKET}", region="us-west-2")


@pytest.mark.parametrize(
    ("service", "operation", "title", "action"),
    [
        ("s3", "CreateBucket", f"bucket {BUCKET}", "s3:CreateBucket"),
        ("s3", "PutPublicAccessBlock", "public access block", "s3:PutBucketPublicAccessBlock"),
        ("s3", "PutBucketPolicy", "bucket policy", "s3:PutBucketPolicy"),
        ("s3", "PutBucketLifecycleConfiguration", "lifecycle", "s3:PutLifecycleConfiguration"),
        ("dynamodb", "CreateTable", f"table {TABLE} ", "dynamodb:CreateTable"),
        (
            "dynamodb",
            "UpdateContinuousBackups",
            f"point-in-time recovery of {TABLE}-l",
            "dynamodb:UpdateContinuous",
        ),
        (
            "dynamodb",
            "UpdateTimeToLive",
            "deleted photos leave photos ",
            "dynamodb:UpdateTimeToLive",
        ),
        ("s3", "PutObject", "anyone can read", "s3:PutObject"),
    ],
)
def test_missing_permission_is_named(
    aws: RecordingAws, service: str, operation: str, title: str, action: str
) -> None:
    for step in aws.provisioner().steps():
        if step.title.startswith(title):
            break
        step.run()
    aws.answer(getattr(aws, service), operation, "AccessDenied", "AccessDenied")
    with pytest.raises(StorageRefused, match=f"{action}.*provisioning_policy.json"):
        aws.run(title)


@pytest.mark.parametrize(
    ("service", "operation", "title", "action"),
    [
        ("s3", "GetPublicAccessBlock", "public access block", "s3:GetBucketPublicAccessBlock"),
        ("s3", "GetBucketPolicy", "bucket policy", "s3:GetBucketPolicy"),
        ("s3", "GetBucketLifecycleConfiguration", "lifecycle", "s3:GetLifecycleConfiguration"),
        ("s3", "GetBucketTagging", "tags of bucket", "s3:GetBucketTagging"),
        ("dynamodb", "ListTagsOfResource", "tags of table photos:", "dynamodb:ListTagsOfResource"),
        (
            "dynamodb",
            "DescribeContinuousBackups",
            f"point-in-time recovery of {TABLE}-l",
            "dynamodb:DescribeContinuousBackups",
        ),
        (
            "dynamodb",
            "DescribeTimeToLive",
            "deleted photos leave photos ",
            "dynamodb:DescribeTimeToLive",
        ),
    ],
)
def test_setting_that_the_role_may_not_read_is_not_checked(
    aws: RecordingAws, service: str, operation: str, title: str, action: str
) -> None:
    """A later run needs the permissions for serving only."""
    aws.provision()
    aws.answer(getattr(aws, service), operation, "AccessDenied", "AccessDenied")
    result = aws.run(title)
    assert (result.effect, result.ok) == ("not checked", True)
    assert action in result.detail


def test_pending_changes_are_retried(aws: RecordingAws) -> None:
    aws.run(f"bucket {BUCKET}")
    aws.answer(aws.s3, "PutPublicAccessBlock", "OperationAborted", "NoSuchBucket")
    assert aws.run("public access block").effect == "changed"
    assert aws.pauses == [1, 2]


def test_policy_is_retried_after_the_block_changed(aws: RecordingAws) -> None:
    aws.run(f"bucket {BUCKET}")
    refusals = [
        failure(
            "AccessDenied", "because public policies are prevented by the BlockPublicPolicy setting"
        )
    ]
    aws.s3.meta.events.register(
        "before-call.s3.PutBucketPolicy", lambda **_: refusals.pop() if refusals else None
    )
    assert aws.run("bucket policy").effect == "created"
    assert aws.pauses == [1]


def test_change_that_never_settles_is_reported(aws: RecordingAws) -> None:
    aws.run(f"bucket {BUCKET}")
    aws.answer(aws.s3, "PutPublicAccessBlock", *["OperationAborted"] * 20)
    with pytest.raises(StorageUnavailable, match="again in a minute"):
        aws.run("public access block")


def test_concurrent_provisioning_is_no_error(aws: RecordingAws) -> None:
    aws.answer(aws.s3, "CreateBucket", "BucketAlreadyOwnedByYou")
    aws.answer(aws.dynamodb, "CreateTable", "ResourceInUseException")
    assert aws.run(f"bucket {BUCKET}").effect == "unchanged"
    assert aws.run(f"table {TABLE} ").effect == "unchanged"


@pytest.mark.parametrize("title", ["public access block", f"point-in-time recovery of {TABLE}-l"])
def test_only_emulators_may_lack_a_call(aws: RecordingAws, title: str) -> None:
    aws.provision()
    aws.answer(aws.s3, "GetPublicAccessBlock", 501, 501)
    aws.answer(
        aws.dynamodb,
        "DescribeContinuousBackups",
        "UnknownOperationException",
        "UnknownOperationException",
    )
    assert aws.run(title, custom_endpoint=True).effect == "skipped"
    with pytest.raises(StorageRefused):
        aws.run(title)


def test_throttling_is_retried(aws: RecordingAws) -> None:
    aws.answer(aws.dynamodb, "DescribeTable", "ThrottlingException")
    with pytest.raises(StorageUnavailable):
        aws.run(f"table {TABLE} ")


def test_expired_credentials_are_transient(aws: RecordingAws) -> None:
    aws.run(f"bucket {BUCKET}")
    aws.answer(aws.s3, "PutPublicAccessBlock", "ExpiredToken")
    with pytest.raises(StorageUnavailable, match="ExpiredToken"):
        aws.run("public access block")


def test_missing_credentials_are_named() -> None:
    def act() -> Any:
        raise NoCredentialsError

    with pytest.raises(StorageRefused, match="role"):
        ProvisioningStep("nothing", (), act).run()
