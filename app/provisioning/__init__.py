"""Create and configure the bucket and the tables.

Each step reads first and writes only differences. The steps may run on several machines at once
and any number of times. They keep statements of the bucket policy and lifecycle rules that the
operator added.

    provisioner = Provisioner(s3=..., dynamodb=..., ...)  # boto3 clients and names
    for step in provisioner.steps():
        print(step.title, step.actions)                   # printed by `--plan`
        result = step.run()                               # StorageRefused, StorageUnavailable
        print(result.effect, result.detail)               # such as "created"
"""

import time
from typing import TYPE_CHECKING

from app.provisioning.account import Account, S3ControlClient
from app.provisioning.bucket import BucketSteps
from app.provisioning.bucket_access import PUBLIC, BucketAccess
from app.provisioning.destroy import Destroyer
from app.provisioning.public_read_check import Fetch, PublicReadCheck, fetch_anonymously
from app.provisioning.steps import ProvisioningStep, Sleep, StepEffect, StepResult
from app.provisioning.tables import TableSteps
from app.provisioning.tags import TagSteps
from app.storage.aws.table_names import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

__all__ = [
    "BucketAccess",
    "Destroyer",
    "Provisioner",
    "ProvisioningStep",
    "StepEffect",
    "StepResult",
]


class Provisioner:
    """The steps that create everything the AWS backend needs.

    Args:
        s3: boto3 client of `region`, as `dynamodb`, `s3control` and `sts` are.
        bucket: name of the bucket.
        table: name of the photos table; the other tables are named after it.
        base_url: visitors read photos from `<base_url>/photos/…`.
        access: who may read photos in the bucket.
        custom_endpoint: whether an emulator of AWS is used (AWS_ENDPOINT_URL).
    """

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
        access: BucketAccess = PUBLIC,
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
                access=access,
            ),
            TableSteps(dynamodb, table=table, custom_endpoint=custom_endpoint, sleep=sleep),
            TagSteps(
                s3,
                dynamodb,
                bucket=bucket,
                tables=TableNames.of(table),
                custom_endpoint=custom_endpoint,
            ),
            PublicReadCheck(
                s3,
                account,
                bucket=bucket,
                base_url=base_url,
                access=access,
                custom_endpoint=custom_endpoint,
                fetch=fetch,
                sleep=sleep,
            ),
        )

    def steps(self) -> tuple[ProvisioningStep, ...]:
        """Return every step in the order to run them. Call nothing."""
        return tuple(step for part in self._parts for step in part.steps())

    def actions(self) -> tuple[str, ...]:
        """Return every IAM action the steps may need, sorted. Call nothing."""
        return tuple(sorted({action for step in self.steps() for action in step.actions}))
