"""Whether photos are public, as a visitor finds it, and what the operator is told when they are not."""

import socket
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest
from moto.server import ThreadedMotoServer

from app.provisioning import Provisioner
from app.provisioning.public_read_check import fetch_anonymously
from tests.provisioning.cloud import BUCKET, TABLE, Cloud


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def test_over_the_wire_a_policy_makes_the_difference(endpoint: str) -> None:
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
    assert "A visitor gets 403" in outcome.detail
    assert "Contents" not in clients["s3"].list_objects_v2(Bucket=BUCKET), (
        "the probe is taken away again"
    )


@pytest.mark.parametrize("code", [403, 404])
def test_403_and_404_both_mean_not_public(aws: Cloud, code: int) -> None:
    aws.provision()
    outcome = aws.run("anyone can read", fetch=lambda url: refuse(url, code))
    assert outcome.effect == "not public"
    assert aws.pauses == [1, 2, 4, 8], "a new policy takes a moment to spread"


def test_an_account_level_block_is_named_with_its_mend(aws: Cloud) -> None:
    aws.provision()
    block_account(aws)
    outcome = aws.run("anyone can read", fetch=lambda url: refuse(url, 403))
    assert "BlockPublicPolicy and RestrictPublicBuckets" in outcome.detail
    assert "aws s3control put-public-access-block --account-id" in outcome.detail


def test_an_account_level_block_stops_before_the_policy(aws: Cloud) -> None:
    aws.run(f"bucket {BUCKET}")
    block_account(aws)
    with pytest.raises(Exception, match="account's own Block Public Access"):
        aws.run("bucket policy")
    assert "PutBucketPolicy" not in aws.calls


def test_not_being_allowed_to_see_the_accounts_block_is_no_failure(aws: Cloud) -> None:
    aws.provision()
    aws.answer(aws.s3control, "GetPublicAccessBlock", "AccessDenied")
    outcome = aws.run("anyone can read", fetch=lambda url: refuse(url, 403))
    assert outcome.effect == "not public"
    assert "s3:GetAccountPublicAccessBlock" in outcome.detail


def test_what_can_not_be_reached_is_not_called_private(aws: Cloud) -> None:
    aws.provision()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
        outcome = aws.run("anyone can read", base_url=nowhere, fetch=fetch_anonymously)
    assert (outcome.effect, outcome.ok) == ("unknown", False)
    assert "could not be reached" in outcome.detail


def test_an_answer_of_something_else_is_not_taken_for_the_bucket(aws: Cloud) -> None:
    aws.provision()
    outcome = aws.run("anyone can read", fetch=lambda _: b"<h1>This domain is parked</h1>")
    assert outcome.effect == "unknown"
    assert "Something else" in outcome.detail


def test_a_failing_server_is_not_called_private(aws: Cloud) -> None:
    aws.provision()
    outcome = aws.run("anyone can read", fetch=lambda url: refuse(url, 503))
    assert outcome.effect == "unknown"


def refuse(url: str, code: int) -> bytes:
    raise HTTPError(url, code, "no", {}, None)  # type: ignore[arg-type]


def block_account(aws: Cloud) -> None:
    every = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    aws.s3control.put_public_access_block(
        AccountId=aws.sts.get_caller_identity()["Account"],
        PublicAccessBlockConfiguration=dict.fromkeys(every, True),  # type: ignore[arg-type]
    )
