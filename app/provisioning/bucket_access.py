"""Who may read photos in the bucket: everyone, or one CloudFront distribution."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import StorageRefused
from app.provisioning.policies import (
    PRIVATE_ACCESS_BLOCK,
    PUBLIC_ACCESS_BLOCK,
    Document,
    policy_text,
)

_CDN_POLICY = Path(__file__).parents[2] / "policies" / "cdn_bucket_policy.json"


@dataclass(frozen=True, slots=True)
class BucketAccess:
    """The readers of `photos/*`. Nothing else in the bucket is readable without credentials."""

    distribution: str | None = None  # of CloudFront, which alone may read; None: everyone may

    @property
    def is_public(self) -> bool:
        """Return whether everyone may read."""
        return self.distribution is None

    @property
    def reader(self) -> str:
        """Return the readers as the beginning of a sentence."""
        return "anyone" if self.is_public else f"only the distribution {self.distribution}"

    @property
    def block(self) -> Mapping[str, bool]:
        """Return the bucket's public access block."""
        return PUBLIC_ACCESS_BLOCK if self.is_public else PRIVATE_ACCESS_BLOCK

    @property
    def block_title(self) -> str:
        """Return a title for the step that sets `block`."""
        if self.is_public:
            return "public access block: allow public policies, keep ACLs blocked"
        return "public access block: block public policies and ACLs"

    def policy(self, bucket: str, partition: str, account: str | None) -> Document:
        """Return the bucket policy.

        Args:
            bucket: The name of the bucket.
            partition: Such as aws or aws-cn.
            account: The account of the distribution, or None if it is not known.

        Raises:
            StorageRefused: The account is needed and not known.
        """
        if self.distribution is None:
            document: Document = json.loads(policy_text(bucket, partition))
            return document
        if account is None:
            raise StorageRefused(
                "The account of the CloudFront distribution is not known: STS does not answer."
            )
        values = {
            "BUCKET_NAME": bucket,
            "ACCOUNT_ID": account,
            "DISTRIBUTION_ID": self.distribution,
        }
        return _fill_in(_CDN_POLICY, partition, values)


PUBLIC = BucketAccess()


def _fill_in(file: Path, partition: str, values: Mapping[str, str]) -> Document:
    text = file.read_text(encoding="utf-8").replace("arn:aws:", f"arn:{partition}:")
    for name, value in values.items():
        text = text.replace(name, value)
    document: Document = json.loads(text)
    return document
