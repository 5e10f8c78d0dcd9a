"""The AWS account that the caller acts in, and what it forbids all of its buckets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


class S3ControlClient(Protocol):
    """The part of boto3's s3control client that provisioning uses."""

    def get_public_access_block(self, *, AccountId: str) -> Mapping[str, Any]:  # noqa: N803  boto3's name
        """Amazon S3 API Reference, "GetPublicAccessBlock" of S3 Control."""


class Account:
    """Who the caller is. A storage that has no STS or S3 Control leaves the questions open."""

    def __init__(self, sts: "STSClient", s3control: S3ControlClient) -> None:
        self._sts = sts
        self._s3control = s3control

    def id(self) -> str | None:
        """The account's twelve digits, or None when nobody says; needs no permission."""
        try:
            return self._sts.get_caller_identity()["Account"]
        except (BotoCoreError, ClientError):
            return None

    def public_access_problem(self) -> str | None:
        """What account-level Block Public Access is on and how to lift it, or None when it does not stand in the way.

        An account's block wins over a bucket's (Amazon S3 User Guide, "Blocking public access"). None also when the
        caller may not look, since then nothing is known.
        """
        account = self.id()
        settings = self._blocks(account) if account else {}
        names = [
            name for name in ("BlockPublicPolicy", "RestrictPublicBuckets") if settings.get(name)
        ]
        if not names:
            return None
        return (
            f"The account's own Block Public Access has {' and '.join(names)} on, which wins over the bucket's. "
            "If no other bucket relies on it, lift it in the S3 console under "
            '"Block Public Access settings for this account", or with: '
            f"aws s3control put-public-access-block --account-id {account} --public-access-block-configuration "
            "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=false,RestrictPublicBuckets=false "
            "(an organization's policy is lifted by its administrator)."
        )

    def _blocks(self, account: str) -> Mapping[str, bool]:
        try:
            answer = self._s3control.get_public_access_block(AccountId=account)
        except (BotoCoreError, ClientError):
            return {}
        blocks: Mapping[str, bool] = answer["PublicAccessBlockConfiguration"]
        return blocks
