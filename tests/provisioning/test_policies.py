"""The policies grant the calls that the code makes and no more."""

import ast
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from app.domain import object_keys
from app.provisioning.policies import policy_text
from app.storage.aws.errors import action_of
from tests.provisioning.recording_aws import RecordingAws

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
SERVING_POLICY, PROVISIONING_POLICY = "serving_policy.json", "provisioning_policy.json"
PLACEHOLDERS = {"BUCKET_NAME", "TABLE_NAME", "REGION", "ACCOUNT_ID"}

# The actions of the app and the operator commands. A transaction needs the permission of each part
# (Amazon DynamoDB Developer Guide, "IAM with transactions").
SERVING = {
    "s3:PutObject",
    "s3:GetObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:DescribeTable",
}


def policy(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((POLICIES / name).read_text(encoding="utf-8"))
    return document


def statements(prefix: str = "") -> list[dict[str, Any]]:
    """Return the statements of both policies whose Sid starts with `prefix`."""
    both = policy(SERVING_POLICY)["Statement"] + policy(PROVISIONING_POLICY)["Statement"]
    return [statement for statement in both if statement["Sid"].startswith(prefix)]


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def actions(some: list[dict[str, Any]]) -> set[str]:
    """Return the actions that the statements allow."""
    allowing = (statement for statement in some if statement["Effect"] == "Allow")
    return {action for statement in allowing for action in as_list(statement["Action"])}


def serving_actions() -> set[str]:
    return actions(policy(SERVING_POLICY)["Statement"])


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


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-eusc"])
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
    assert not [action for action in actions(statements()) if "*" in action]


@pytest.mark.parametrize("statement", statements(), ids=lambda statement: statement["Sid"])
def test_role_has_no_wildcard_resource(statement: dict[str, Any]) -> None:
    """Only objects under a prefix have one, and actions that have no resource to name."""
    without_resource = {"ProvisionSeeAccountBlock", "OperatorSession"}
    for resource in as_list(statement["Resource"]):
        if statement["Sid"] in without_resource:
            assert resource == "*"
        else:
            assert "*" not in resource.removesuffix("/*")
            assert any(name in resource for name in PLACEHOLDERS)


def test_app_statements_allow_what_the_app_uses() -> None:
    assert actions(statements("App")) == SERVING


def called_operations() -> Iterator[str]:
    """Yield the name of every boto3 method that the storage calls."""
    paths = (ROOT / "app" / "storage" / "aws").glob("*.py")
    for path in (path for path in paths if path.name != "cloudfront.py"):  # it has its own policy
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        attr="get_paginator",
                    ),
                    args=[ast.Constant(value=str(name))],
                ):
                    yield name
                case ast.Call(
                    func=ast.Attribute(attr=name, value=ast.Attribute(attr="_client"))
                ) if name != "get_paginator":
                    yield name


def test_serving_policy_allows_every_call_of_the_storage(aws: RecordingAws) -> None:
    """Each method of boto3 that app.storage.aws calls has its action in the policy."""
    operations = {
        name: operation
        for client in (aws.s3, aws.dynamodb)
        for name, operation in client.meta.method_to_api_mapping.items()
    }
    used = {operations[name] for name in called_operations()}
    assert used >= {"PutObject", "CopyObject", "Query", "TransactWriteItems", "HeadBucket"}
    transactions = {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}
    needed = {action_of(name) for name in used - {"TransactWriteItems"}} | transactions
    assert needed - serving_actions() == set()


def test_serving_policy_can_not_create_delete_or_configure_anything() -> None:
    """No bucket, no table, and no setting of either."""
    for forbidden in (
        "*:Create[BT]*",
        "*:Delete[BT]*",
        "s3:Put[!O]*",
        "dynamodb:Update[!I]*",
        "s3:*Tag*",
        "dynamodb:*Tag*",
        "iam:*",
    ):
        assert not [action for action in serving_actions() if fnmatchcase(action, forbidden)]


def test_policies_do_not_overlap() -> None:
    assert not serving_actions() & actions(policy(PROVISIONING_POLICY)["Statement"])


def test_instance_can_not_replace_a_secret() -> None:
    """The script may store a secret that does not exist yet."""
    (denied,) = statements("ScriptSecretsStay")
    (allowed,) = (entry for entry in statements("ScriptSecrets") if entry["Effect"] == "Allow")
    assert (denied["Effect"], denied["Action"]) == ("Deny", "ssm:PutParameter")
    assert denied["Resource"] == allowed["Resource"]
    assert denied["Condition"] == {"StringEquals": {"ssm:Overwrite": "true"}}


def test_object_statements_cover_every_prefix() -> None:
    (objects,) = statements("AppObjects")
    prefixes = {resource.partition("BUCKET_NAME")[2] for resource in objects["Resource"]}
    assert prefixes == {f"/{prefix}*" for prefix in object_keys.PREFIXES}


def test_invalidation_has_a_policy_of_its_own() -> None:
    """The role of a site without a CDN needs no permission for one."""
    (statement,) = policy("cloudfront_invalidation.json")["Statement"]
    assert statement["Action"] == action_of("CreateInvalidation")
    assert statement["Resource"].endswith(":distribution/DISTRIBUTION_ID")
    assert statement["Action"] not in serving_actions()


def test_provision_statements_allow_what_provisioning_uses(aws: RecordingAws) -> None:
    needed = set(aws.provisioner().actions())
    assert needed <= actions(statements())
    assert actions(statements("Provision")) <= needed


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
        (POLICIES / name).read_text()
        for name in ("bucket_policy.json", SERVING_POLICY, PROVISIONING_POLICY)
    )
    words = {
        word
        for word in text.replace("/", ":").replace('"', ":").split(":")
        if word.replace("_", "").isupper()
    }
    words = {word.removesuffix("-listings").removesuffix("-postings") for word in words}
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
        assert not [action for action in actions(statements()) if fnmatchcase(action, forbidden)]
