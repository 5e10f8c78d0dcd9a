"""The bucket: creation, public access block, policy and lifecycle."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.domain import object_keys
from app.domain.errors import StorageRefused
from app.provisioning.account import Account
from app.provisioning.bucket_access import PUBLIC, BucketAccess
from app.provisioning.policies import (
    TRASH_DAYS,
    UPLOAD_DAYS,
    has_rules,
    merge_policy,
    merge_rules,
)
from app.provisioning.steps import (
    ProvisioningStep,
    Sleep,
    StepResult,
    read_setting_or_none,
    retry_until_settled,
)
from app.storage.aws.errors import error_code, is_denied, is_unimplemented

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class BucketSteps:
    """The steps that create and configure the bucket."""

    def __init__(
        self,
        s3: "S3Client",
        account: Account,
        *,
        name: str,
        region: str,
        custom_endpoint: bool,
        sleep: Sleep,
        access: BucketAccess = PUBLIC,
    ) -> None:
        self._s3 = s3
        self._account = account
        self._name = name
        self._region = region
        self._custom_endpoint = custom_endpoint
        self._sleep = sleep
        self._access = access

    def steps(self) -> tuple[ProvisioningStep, ...]:
        """Return the steps in order: S3 refuses a public policy until the block is off."""
        return (
            ProvisioningStep(
                f"bucket {self._name} in {self._region}",
                ("s3:ListBucket", "s3:CreateBucket"),
                self.ensure_bucket,
            ),
            ProvisioningStep(
                self._access.block_title,
                ("s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
                self.ensure_public_access_block,
            ),
            ProvisioningStep(
                f"bucket policy: {self._access.reader} may read {object_keys.PUBLIC_PREFIX}*, "
                "nothing else",
                ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:GetAccountPublicAccessBlock"),
                self.ensure_policy,
            ),
            ProvisioningStep(
                f"lifecycle: delete {object_keys.TRASH_PREFIX} and earlier versions of objects "
                f"after {TRASH_DAYS} days, incomplete multipart uploads after {UPLOAD_DAYS}",
                ("s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
                self.ensure_lifecycle,
            ),
        )

    def ensure_bucket(self) -> StepResult:
        """Create the bucket unless the caller already owns it."""
        region = self._find()
        if region is None:
            return self._create()
        if region != self._region:
            raise StorageRefused(
                f"The bucket {self._name} is in {region}, not in {self._region}. "
                f"Set AWS_REGION (REGION in the script) to {region}, or choose another bucket name."
            )
        return StepResult("unchanged")

    def _find(self) -> str | None:
        """Return the region of the caller's bucket; None if it is missing or access is denied."""
        owner = self._account.id()
        owned: dict[str, Any] = {"ExpectedBucketOwner": owner} if owner else {}
        try:
            answer = self._s3.head_bucket(Bucket=self._name, **owned)
        except ClientError as error:
            if error_code(error) == "404" or is_denied(error):
                return None
            raise
        return answer.get("BucketRegion", self._region)

    def _create(self) -> StepResult:
        # S3 refuses us-east-1 as a constraint (Amazon S3 API Reference, "CreateBucket").
        constraint = {"LocationConstraint": self._region}
        place = {} if self._region == "us-east-1" else {"CreateBucketConfiguration": constraint}
        try:
            self._put(self._s3.create_bucket, Bucket=self._name, **place)
        except ClientError as error:
            if error_code(error) == "BucketAlreadyOwnedByYou":
                return StepResult("unchanged")
            if error_code(error) == "BucketAlreadyExists":
                raise StorageRefused(
                    f"The bucket {self._name} belongs to another AWS account; names are global. "
                    "Choose another PHOTO_BUCKET (BUCKET_NAME in the script)."
                ) from error
            raise
        return StepResult("created")

    def ensure_public_access_block(self) -> StepResult:
        """Allow or prevent a public policy, where the endpoint has these settings."""
        try:
            if self._block() == self._access.block:
                return StepResult("unchanged")
            self._put(
                self._s3.put_public_access_block,
                Bucket=self._name,
                PublicAccessBlockConfiguration=self._access.block,
            )
        except ClientError as error:
            if self._custom_endpoint and is_unimplemented(error):
                return StepResult("skipped", "The endpoint does not support public access blocks.")
            raise
        return StepResult("changed")

    def _block(self) -> Mapping[str, Any]:
        answer = read_setting_or_none(
            lambda: self._s3.get_public_access_block(Bucket=self._name),
            "NoSuchPublicAccessBlockConfiguration",
        )
        return answer["PublicAccessBlockConfiguration"] if answer else {}

    def ensure_policy(self) -> StepResult:
        """Add our statement to the bucket policy. Keep the operator's statements."""
        answer = read_setting_or_none(
            lambda: self._s3.get_bucket_policy(Bucket=self._name), "NoSuchBucketPolicy"
        )
        before = json.loads(answer["Policy"]) if answer else None
        after = merge_policy(before, self._policy())
        if after == before:
            return StepResult("unchanged")
        problem = self._account.public_access_problem() if self._access.is_public else None
        if problem:
            raise StorageRefused(f"Photos can't be made public. {problem}")
        self._put(self._s3.put_bucket_policy, Bucket=self._name, Policy=json.dumps(after))
        return StepResult("changed" if before else "created")

    def _policy(self) -> Mapping[str, Any]:
        account = None if self._access.is_public else self._account.id()
        return self._access.policy(self._name, self._s3.meta.partition, account)

    def ensure_lifecycle(self) -> StepResult:
        """Add our rules to the bucket's lifecycle configuration. Keep the operator's rules."""
        answer = read_setting_or_none(
            lambda: self._s3.get_bucket_lifecycle_configuration(Bucket=self._name),
            "NoSuchLifecycleConfiguration",
        )
        before = answer["Rules"] if answer else []
        if has_rules(before):
            return StepResult("unchanged")
        # S3 resets this setting to its default if the request omits it.
        size = answer and answer.get("TransitionDefaultMinimumObjectSize")
        kept = {"TransitionDefaultMinimumObjectSize": size} if size else {}
        rules = {"Rules": merge_rules(before)}
        self._put(
            self._s3.put_bucket_lifecycle_configuration,
            Bucket=self._name,
            LifecycleConfiguration=rules,
            **kept,
        )
        return StepResult("changed" if before else "created")

    def _put(self, call: Callable[..., object], **request: object) -> None:
        retry_until_settled(lambda: call(**request), self._sleep)
