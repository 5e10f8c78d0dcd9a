"""Bucket and tables, made fit for Shoebox by steps that look first and change only what differs.

    provisioner = Provisioner(
        s3=..., dynamodb=..., s3control=..., sts=...,      # boto3 clients of `region`
        bucket="my-photos", table="photos", region="us-east-1",
        base_url="https://my-photos.s3.us-east-1.amazonaws.com",   # `<base_url>/photos/…` is where visitors read
        custom_endpoint=False,                             # whether AWS_ENDPOINT_URL is set
    )
    provisioner.steps()   -> tuple[Step, ...]              in order; builds and calls nothing
    provisioner.actions() -> tuple[str, ...]               every IAM action they may need, sorted
    step.title: str    step.actions: tuple[str, ...]       all that a plan prints
    step.run() -> Outcome(effect, detail)                  raises StorageRefused or StorageUnavailable
    outcome.effect: "made" | "changed" | "there already" | "skipped" | "public" | "not public" | "unknown"
                    and, from a Destroyer's steps, "deleted" | "gone already" | "kept"
    outcome.detail: str                                    a sentence, or empty
    outcome.ok: bool                                       False for "not public" and "unknown"

The steps may run on several machines at once and any number of times. What the operator has added (statements of the
bucket policy, lifecycle rules) stays.
"""

import time
from typing import TYPE_CHECKING

from app.provisioning.account import Account, S3ControlClient
from app.provisioning.bucket import BucketSteps
from app.provisioning.destroy import Destroyer
from app.provisioning.public_read_check import Fetch, PublicReadCheck, fetch_anonymously
from app.provisioning.steps import ProvisioningStep, Sleep, StepEffect, StepResult
from app.provisioning.tables import TableSteps

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

__all__ = ["Destroyer", "Provisioner", "ProvisioningStep", "StepEffect", "StepResult"]


class Provisioner:
    """All that the AWS home needs before it can serve."""

    def __init__(
        self,
        *,
        s3: "S3Client",
        dynamodb: "DynamoDBClient",
        s3control: S3ControlClient,
        sts: "STSClient",
        bucket: str,
        table: str,
        region: str,
        base_url: str,
        custom_endpoint: bool = False,
        fetch: Fetch = fetch_anonymously,
        sleep: Sleep = time.sleep,
    ) -> None:
        account = Account(sts, s3control)
        self._parts = (
            BucketSteps(
                s3,
                account,
                name=bucket,
                region=region,
                custom_endpoint=custom_endpoint,
                sleep=sleep,
            ),
            TableSteps(dynamodb, table=table, custom_endpoint=custom_endpoint, sleep=sleep),
            PublicReadCheck(
                s3, account, bucket=bucket, base_url=base_url, fetch=fetch, sleep=sleep
            ),
        )

    def steps(self) -> tuple[ProvisioningStep, ...]:
        """Every step, in the order to run them in. Calls nothing."""
        return tuple(step for part in self._parts for step in part.steps())

    def actions(self) -> tuple[str, ...]:
        """Every IAM action the steps may need, sorted. Calls nothing."""
        return tuple(sorted({action for step in self.steps() for action in step.actions}))
