"""The caller's AWS account and its account-level Block Public Access settings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


class S3ControlClient(Protocol):
    """The part of boto3's s3control client that provisioning uses."""

    def get_public_access_block(
        self,
        *,
        AccountId: str,  # noqa: N803  boto3's name
    ) -> Mapping[str, Any]:
        """Amazon S3 API Reference, "GetPublicAccessBlock" of S3 Control."""


class Account:
    """The caller's account. An emulator without STS or S3 Control gives no answers."""

    def __init__(self, sts: "STSClient", s3control: S3ControlClient) -> None:
        self._sts = sts
        self._s3control = s3control

    def id(self) -> str | None:
        """Return the 12-digit account id, or None if STS does not answer. Needs no permission."""
        try:
            return self._sts.get_caller_identity()["Account"]
        except (BotoCoreError, ClientError):
            return None

    def public_access_problem(self) -> str | None:
        """Return which account-level settings block public policies and how to turn them off.

        An account's setting overrides a bucket's (Amazon S3 User Guide, "Blocking public access").

        Returns:
            A message for the operator, or None if no setting is on or the caller may not read them.
        """
        account = self.id()
        settings = self._blocks(account) if account else {}
        names = [
            name for name in ("BlockPublicPolicy", "RestrictPublicBuckets") if settings.get(name)
        ]
        if not names:
            return None
        return (
            f"The account's Block Public Access has {' and '.join(names)} on, "
            "which overrides the bucket's setting. "
            "If no other bucket relies on it, turn it off in the S3 console under "
            '"Block Public Access settings for this account", or run: '
            f"aws s3control put-public-access-block --account-id {account} "
            "--public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,"
            "BlockPublicPolicy=false,RestrictPublicBuckets=false "
            "(only the administrator can change a policy of an organization)."
        )

    def _blocks(self, account: str) -> Mapping[str, bool]:
        try:
            answer = self._s3control.get_public_access_block(AccountId=account)
        except (BotoCoreError, ClientError):
            return {}
        blocks: Mapping[str, bool] = answer["PublicAccessBlockConfiguration"]
        return blocks
