"""Bucket policy and lifecycle rules, merged with the operator's. Pure functions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.domain import object_keys

Document = Mapping[str, Any]

POLICY_FILE = Path(__file__).parents[2] / "policies" / "bucket_policy.json"
TRASH_DAYS = 30
UPLOAD_DAYS = 7

# A public policy needs the last two off. Shoebox sends no ACLs, so the first two stay on
# (Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage").
PUBLIC_ACCESS_BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": False,
    "RestrictPublicBuckets": False,
}
PRIVATE_ACCESS_BLOCK = dict.fromkeys(PUBLIC_ACCESS_BLOCK, True)
# Of the statements of policies/, of which a bucket has one.
_SIDS = {"ShoeboxPublicPhotos", "ShoeboxCdnPhotos"}


def _expire_versions(prefix: str) -> Document:
    """Return the rule that expires versions which a deletion or an overwrite left behind.

    Only a bucket with versioning has them. The rule names a prefix, since the bucket may hold
    objects of others.
    """
    return {
        "ID": f"shoebox-expire-versions-of-{prefix.rstrip('/')}",
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
        "NoncurrentVersionExpiration": {"NoncurrentDays": TRASH_DAYS},
    }


# Amazon S3 User Guide, "Lifecycle configuration elements".
LIFECYCLE: tuple[Document, ...] = (
    {
        "ID": "shoebox-abort-incomplete-uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UPLOAD_DAYS},
    },
    {
        "ID": "shoebox-empty-trash",
        "Status": "Enabled",
        "Filter": {"Prefix": object_keys.TRASH_PREFIX},
        # With `Days`, S3 removes expired delete markers too.
        "Expiration": {"Days": TRASH_DAYS},
        "NoncurrentVersionExpiration": {"NoncurrentDays": TRASH_DAYS},
    },
    *(
        _expire_versions(prefix)
        for prefix in object_keys.PREFIXES
        if prefix != object_keys.TRASH_PREFIX
    ),
)


def policy_text(bucket: str, partition: str) -> str:
    """Return the public-read policy for `bucket` in `partition`, such as aws or aws-cn."""
    text = POLICY_FILE.read_text(encoding="utf-8")
    return text.replace("BUCKET_NAME", bucket).replace("arn:aws:", f"arn:{partition}:")


def merge_policy(before: Document | None, ours: Document) -> Document:
    """Return `before` with our statements replacing all that have one of our Sids."""
    if before is None:
        return ours
    stated = before["Statement"]
    statements = [stated] if isinstance(stated, Mapping) else list(stated)
    wanted = ours["Statement"]
    statements = [other for other in statements if other.get("Sid") not in _SIDS or other in wanted]
    statements += [statement for statement in wanted if statement not in statements]
    if statements == [stated]:
        return before
    return {**before, "Statement": statements}


def has_rules(rules: Sequence[Document]) -> bool:
    """Return whether `rules` contain all of our rules."""
    return all(_has_rule(rules, ours) for ours in LIFECYCLE)


def merge_rules(before: Sequence[Document]) -> list[Document]:
    """Return `before` with our rules replacing those with the same ID."""
    ours = {rule["ID"] for rule in LIFECYCLE}
    return [*(_with_filter(rule) for rule in before if rule.get("ID") not in ours), *LIFECYCLE]


def _has_rule(rules: Sequence[Document], ours: Document) -> bool:
    return any(_same(_with_filter(rule), ours) for rule in rules)


def _same(rule: Document, ours: Document) -> bool:
    # S3 may return an empty prefix as an empty filter.
    return {**rule, "Filter": rule.get("Filter") or {"Prefix": ""}} == ours


def _with_filter(rule: Document) -> Document:
    """Return the rule with a legacy `Prefix` as a filter. S3 refuses a mix of both styles."""
    if "Prefix" not in rule:
        return rule
    return {
        **{key: value for key, value in rule.items() if key != "Prefix"},
        "Filter": {"Prefix": rule["Prefix"]},
    }
