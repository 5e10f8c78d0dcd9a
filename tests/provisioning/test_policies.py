"""The policies grant the calls that the code makes and no more."""

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from app.provisioning.policies import policy_text
from app.storage.aws.errors import action_of
from tests.provisioning.recording_aws import RecordingAws

POLICIES = Path(__file__).parents[2] / "policies"
PLACEHOLDERS = {"BUCKET_NAME", "TABLE_NAME", "REGION", "ACCOUNT_ID"}

# The actions of the app and the operator commands. A transaction needs the permission of each part
# (Amazon DynamoDB Developer Guide, "IAM with transactions").
SERVING = {
    "s3:PutObject",
    "s3:GetObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:DescribeTable",
}


def policy(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((POLICIES / name).read_text(encoding="utf-8"))
    return document


def role(prefix: str = "") -> list[dict[str, Any]]:
    return [
        statement
        for statement in policy("instance_role.json")["Statement"]
        if statement["Sid"].startswith(prefix)
    ]


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def actions(statements: list[dict[str, Any]]) -> set[str]:
    return {action for statement in statements for action in as_list(statement["Action"])}


def test_anonymous_requests_may_get_photos_only() -> None:
    assert policy("bucket_policy.json")["Statement"] == [
        {
            "Sid": "ShoeboxPublicPhotos",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::BUCKET_NAME/photos/*",
        }
    ]


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_bucket_policy_has_the_partition(partition: str) -> None:
    (statement,) = json.loads(policy_text("holiday-photos", partition))["Statement"]
    assert statement["Resource"] == f"arn:{partition}:s3:::holiday-photos/photos/*"


def test_only_ec2_may_assume_the_role() -> None:
    (statement,) = policy("instance_trust.json")["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }


def test_role_has_no_wildcard_action() -> None:
    assert not [action for action in actions(role()) if "*" in action]


def test_role_has_no_wildcard_resource() -> None:
    """Only objects under a prefix and the account's block have a wildcard resource."""
    for statement in role():
        for resource in as_list(statement["Resource"]):
            if statement["Sid"] == "ProvisionSeeAccountBlock":
                assert (as_list(statement["Action"]), resource) == (
                    ["s3:GetAccountPublicAccessBlock"],
                    "*",
                )
            else:
                assert "*" not in resource.removesuffix("/*")
                assert any(name in resource for name in PLACEHOLDERS)


def test_app_statements_allow_what_the_app_uses() -> None:
    assert actions(role("App")) == SERVING


def test_object_statements_cover_the_three_prefixes() -> None:
    (objects,) = role("AppObjects")
    prefixes = {resource.partition("BUCKET_NAME")[2] for resource in objects["Resource"]}
    assert prefixes == {"/photos/*", "/trash/*", "/records/*"}


def test_provision_statements_allow_what_provisioning_uses(aws: RecordingAws) -> None:
    needed = set(aws.provisioner().actions())
    assert needed <= actions(role())
    assert actions(role("Provision")) <= needed


def test_steps_list_every_action_they_use(aws: RecordingAws) -> None:
    for step in aws.provisioner().steps():
        aws.calls.clear()
        step.run()
        asked = {action_of(call) for call in aws.calls if call != "GetCallerIdentity"}
        if step.title.startswith("anyone can read"):
            asked -= {"s3:GetObject"}  # this cloud's stand-in for a visitor
        assert asked <= {*step.actions}, step.title


def test_readme_fills_in_every_placeholder() -> None:
    text = "".join(
        (POLICIES / name).read_text() for name in ("bucket_policy.json", "instance_role.json")
    )
    words = {
        word
        for word in text.replace("/", ":").replace('"', ":").split(":")
        if word.replace("_", "").isupper()
    }
    words = {word.removesuffix("-listings") for word in words}
    assert words == PLACEHOLDERS


def test_role_may_not_delete_tables_or_change_acls() -> None:
    """No statement allows deleting tables, changing ACLs or reading other prefixes."""
    for forbidden in (
        "*:Delete[BT]a*",
        "s3:DeleteBucket*",
        "s3:*Acl",
        "iam:*",
        "s3:*ObjectVersion",
    ):
        assert not [action for action in actions(role()) if fnmatchcase(action, forbidden)]
