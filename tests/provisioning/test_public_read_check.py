"""The check that photos are public, and its messages to the operator."""

import socket
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import boto3
import pytest

from app.domain.errors import StorageRefused
from app.provisioning import Provisioner
from app.provisioning.public_read_check import fetch_anonymously
from tests.aws.moto_server import moto_server
from tests.provisioning.recording_aws import BUCKET, TABLE, RecordingAws, failure


@pytest.fixture
def endpoint() -> Iterator[str]:
    with moto_server() as url:
        yield url


def test_policy_makes_an_object_public(endpoint: str) -> None:
    session = boto3.Session(
        region_name="us-east-1", aws_access_key_id="id", aws_secret_access_key="secret"
    )
    clients: dict[str, Any] = {
        name: session.client(name, endpoint_url=endpoint)  # type: ignore[call-overload]
        for name in ("s3", "dynamodb", "s3control", "sts")
    }
    steps = Provisioner(
        **clients,
        bucket=BUCKET,
        table=TABLE,
        region="us-east-1",
        base_url=f"{endpoint}/{BUCKET}",
        custom_endpoint=True,
        sleep=lambda _: None,
    ).steps()
    assert [step.run().effect for step in steps][-1] == "public"
    clients["s3"].delete_bucket_policy(Bucket=BUCKET)
    outcome = steps[-1].run()
    assert (outcome.effect, outcome.ok) == ("not public", False)
    assert "returns 403" in outcome.detail
    assert "Contents" not in clients["s3"].list_objects_v2(Bucket=BUCKET), (
        "the probe is taken away again"
    )


@pytest.mark.parametrize("code", [403, 404])
def test_403_and_404_mean_not_public(aws: RecordingAws, code: int) -> None:
    aws.provision()
    outcome = aws.run("anyone can read", fetch=lambda url: refuse(url, code))
    assert outcome.effect == "not public"
    assert aws.pauses == [1, 2, 4, 8], "a new policy takes a moment to spread"


def test_account_block_is_named_with_its_fix(aws: RecordingAws) -> None:
    aws.provision()
    block_account(aws)
    outcome = aws.run("anyone can read", fetch=lambda url: refuse(url, 403))
    assert "BlockPublicPolicy and RestrictPublicBuckets" in outcome.detail
    assert "aws s3control put-public-access-block --account-id" in outcome.detail


def test_account_block_stops_provisioning(aws: RecordingAws) -> None:
    aws.run(f"bucket {BUCKET}")
    block_account(aws)
    with pytest.raises(Exception, match="account's Block Public Access"):
        aws.run("bucket policy")
    assert "PutBucketPolicy" not in aws.calls


def test_unreadable_account_block_is_ignored(aws: RecordingAws) -> None:
    aws.provision()
    aws.answer(aws.s3control, "GetPublicAccessBlock", "AccessDenied")
    outcome = aws.run("anyone can read", fetch=lambda url: refuse(url, 403))
    assert outcome.effect == "not public"
    assert "s3:GetAccountPublicAccessBlock" in outcome.detail


def test_unreachable_url_is_unknown(aws: RecordingAws) -> None:
    aws.provision()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
        outcome = aws.run("anyone can read", base_url=nowhere, fetch=fetch_anonymously)
    assert (outcome.effect, outcome.ok) == ("unknown", False)
    assert "can't be reached" in outcome.detail


def test_other_response_body_is_unknown(aws: RecordingAws) -> None:
    aws.provision()
    outcome = aws.run("anyone can read", fetch=lambda _: b"<h1>This domain is parked</h1>")
    assert outcome.effect == "unknown"
    assert "does not serve the bucket" in outcome.detail


def test_server_error_is_unknown(aws: RecordingAws) -> None:
    aws.provision()
    outcome = aws.run("anyone can read", fetch=lambda url: refuse(url, 503))
    assert outcome.effect == "unknown"


def test_kms_is_named_as_the_cause(aws: RecordingAws) -> None:
    """S3 answers 400 for an object that is encrypted with KMS."""
    explanation = (
        b"<Error><Code>InvalidArgument</Code><Message>Requests specifying Server Side Encryption "
        b"with AWS KMS managed keys require AWS Signature Version 4.</Message></Error>"
    )
    aws.provision()

    def refuse_kms(url: str) -> bytes:
        raise HTTPError(url, 400, "no", {}, BytesIO(explanation))  # type: ignore[arg-type]

    outcome = aws.run("anyone can read", fetch=refuse_kms)
    assert (outcome.effect, outcome.ok) == ("not public", False)
    assert "returns 400" in outcome.detail
    assert "encrypted with KMS" in outcome.detail


def test_policy_that_requires_kms_is_named_as_the_cause(aws: RecordingAws) -> None:
    """It denies the object that S3's own keys encrypt."""
    aws.provision()
    denied = failure(
        "AccessDenied", "not authorized to perform: s3:PutObject with an explicit deny"
    )
    aws.s3.meta.events.register("before-call.s3.PutObject", lambda **_: denied)
    with pytest.raises(StorageRefused, match=r"explicit deny.*requires KMS encryption"):
        aws.run("anyone can read")


def test_check_puts_its_object_as_the_site_puts_photos(aws: RecordingAws) -> None:
    """In a bucket with KMS as default it is readable too."""
    aws.provision()
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    aws.s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})

    def fetch(url: str) -> bytes:
        key = urlsplit(url).path.lstrip("/")
        answer = aws.s3.get_object(Bucket=BUCKET, Key=key)
        return (
            refuse(url, 400)
            if answer["ServerSideEncryption"] != "AES256"
            else answer["Body"].read()
        )

    assert aws.run("anyone can read", fetch=fetch).effect == "public"


def refuse(url: str, code: int) -> bytes:
    raise HTTPError(url, code, "no", {}, BytesIO())  # type: ignore[arg-type]


def block_account(aws: RecordingAws) -> None:
    every = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    aws.s3control.put_public_access_block(
        AccountId=aws.sts.get_caller_identity()["Account"],
        PublicAccessBlockConfiguration=dict.fromkeys(every, True),  # type: ignore[arg-type]
    )
