"""Delete everything that provisioning created and people uploaded.

    destroyer = Destroyer(s3=..., dynamodb=..., bucket="my-photos", table="photos")
    destroyer.inventory() -> Inventory(lines, protected)  everything to be deleted
    destroyer.steps()     -> tuple[ProvisioningStep, ...] may run again after a failure

Tables are deleted first, so that no page lists deleted objects. Objects of others stay, and then
the bucket stays too.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.domain import object_keys
from app.domain.errors import StorageRefused
from app.provisioning.steps import (
    ProvisioningStep,
    Sleep,
    StepResult,
    get_or_none,
    retry_until_settled,
)
from app.storage.aws.errors import error_code, translate_errors
from app.storage.aws.table_names import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_WAIT_SECONDS = 2
_WAIT_ATTEMPTS = 150


@dataclass(frozen=True, slots=True)
class Inventory:
    """Lines that list everything to be deleted, and the names of protected tables."""

    lines: tuple[str, ...]
    protected: tuple[str, ...]


class Destroyer:
    """Deletes the tables, Shoebox's objects, and the bucket if nothing else is in it."""

    def __init__(
        self,
        *,
        s3: "S3Client",
        dynamodb: "DynamoDBClient",
        bucket: str,
        table: str,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._s3 = s3
        self._dynamodb = dynamodb
        self._bucket = bucket
        self._tables = TableNames.of(table)
        self._sleep = sleep

    def inventory(self) -> Inventory:
        """Count objects and describe the tables. Raises StorageRefused or StorageUnavailable."""
        with translate_errors():
            tables = {name: self._described(name) for name in self._tables}
            lines = [
                self._bucket_line(),
                *(_table_line(name, table) for name, table in tables.items()),
            ]
            protected = [
                name
                for name, table in tables.items()
                if table and table.get("DeletionProtectionEnabled")
            ]
        return Inventory(tuple(lines), tuple(protected))

    def steps(self) -> tuple[ProvisioningStep, ...]:
        """Return every step in the order to run them. Call nothing."""
        deletions = (self._table_step(name) for name in self._tables)
        objects = ProvisioningStep(
            f"objects in {self._bucket}",
            ("s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"),
            self.delete_objects,
        )
        bucket = ProvisioningStep(
            f"bucket {self._bucket}", ("s3:DeleteBucket",), self.delete_bucket
        )
        return (*deletions, objects, bucket)

    def _table_step(self, name: str) -> ProvisioningStep:
        actions = ("dynamodb:DescribeTable", "dynamodb:UpdateTable", "dynamodb:DeleteTable")
        return ProvisioningStep(f"table {name}", actions, lambda: self.delete_table(name))

    def delete_table(self, name: str) -> StepResult:
        """Turn off deletion protection, delete the table and wait until it is deleted."""
        table = self._described(name)
        if table is None:
            return StepResult("already deleted")
        if table.get("DeletionProtectionEnabled"):
            retry_until_settled(
                lambda: self._dynamodb.update_table(
                    TableName=name, DeletionProtectionEnabled=False
                ),
                self._sleep,
            )
        retry_until_settled(lambda: self._dynamodb.delete_table(TableName=name), self._sleep)
        waiter = self._dynamodb.get_waiter("table_not_exists")
        waiter.wait(
            TableName=name, WaiterConfig={"Delay": _WAIT_SECONDS, "MaxAttempts": _WAIT_ATTEMPTS}
        )
        return StepResult("deleted")

    def delete_objects(self) -> StepResult:
        """Delete every version of our objects, 1000 per request, until a listing finds none."""
        total = 0
        while deleted := self._delete_listed_versions():
            total += deleted
        if not total:
            return StepResult("already deleted")
        return StepResult("deleted", f"{total} of them.")

    def _delete_listed_versions(self) -> int:
        deleted = 0
        for batch in self._versions():
            ours = [it for it in batch if it["Key"].startswith(object_keys.PREFIXES)]
            if ours:
                self._delete(ours)
                deleted += len(ours)
        return deleted

    def _delete(self, versions: "list[ObjectIdentifierTypeDef]") -> None:
        answer = self._s3.delete_objects(
            Bucket=self._bucket, Delete={"Objects": versions, "Quiet": True}
        )
        if failures := answer.get("Errors"):
            first = failures[0]
            raise StorageRefused(
                f"{len(failures)} objects could not be deleted, for example {first.get('Key')}: "
                f"{first.get('Message')} This needs s3:DeleteObject and s3:DeleteObjectVersion."
            )

    def delete_bucket(self) -> StepResult:
        """Delete the bucket and its policy, unless it contains objects of others."""
        try:
            self._s3.delete_bucket(Bucket=self._bucket)
        except ClientError as error:
            if error_code(error) == "NoSuchBucket":
                return StepResult("already deleted")
            if error_code(error) == "BucketNotEmpty":
                prefixes = ", ".join(object_keys.PREFIXES)
                return StepResult(
                    "kept", f"It contains objects outside {prefixes}. Check and delete it yourself."
                )
            raise
        return StepResult("deleted")

    def _versions(self) -> "Iterator[list[ObjectIdentifierTypeDef]]":
        """Yield pages of all versions and delete markers; none if the bucket does not exist."""
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket)
        try:
            for page in pages:
                found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                yield [
                    {"Key": version["Key"], "VersionId": version["VersionId"]} for version in found
                ]
        except ClientError as error:
            if error_code(error) != "NoSuchBucket":
                raise

    def _described(self, name: str) -> Any:
        answer = get_or_none(
            lambda: self._dynamodb.describe_table(TableName=name), "ResourceNotFoundException"
        )
        return answer and answer["Table"]

    def _bucket_line(self) -> str:
        listed = [version["Key"] for batch in self._versions() for version in batch]
        ours = sum(key.startswith(object_keys.PREFIXES) for key in listed)
        others = (
            f" ({len(listed) - ours} other objects stay, and the bucket too)"
            if len(listed) > ours
            else ""
        )
        prefixes = ", ".join(object_keys.PREFIXES)
        return f"bucket {self._bucket}: {ours} objects under {prefixes}{others}"


def _table_line(name: str, table: Any) -> str:
    if table is None:
        return f"table {name}: already deleted"
    guard = ", protected from deletion" if table.get("DeletionProtectionEnabled") else ""
    return f"table {name}: about {table.get('ItemCount', 0)} items{guard}"
