"""An update of the stack replaces the instance if it must, and never the storage."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.stack.template import STORAGE, TABLES
from tests.deploy.stack.test_create_stack import create
from tests.provisioning.recording_aws import RecordingAws

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "aws.md").read_text(encoding="utf-8")
REFERENCE = re.compile(r"\$\{([A-Za-z]\w+)[.}]")
# Another network replaces the security group, which the launch template names.
INDIRECTLY = {"Vpc"}
# Whichever it is, the user data has the same name of the table.
WITHOUT_EFFECT = {"Storage"}


def names_in(value: Any) -> set[str]:
    """Return the parameters, resources and conditions that `value` names."""
    match value:
        case {"Ref": str(name)} | {"Condition": str(name)}:
            return {name}
        case {"If": [condition, *parts]}:
            return {condition} | names_in(parts)
        case {"Sub": str(text)}:
            return set(REFERENCE.findall(text))
        case {"Sub": [text, more]}:
            return set(REFERENCE.findall(text)) | names_in(more)
        case dict():
            return set().union(*map(names_in, value.values()))
        case list():
            return set().union(*map(names_in, value))
    return set()


def replacing(stack: dict[str, Any]) -> set[str]:
    """Return the parameters that change the launch template, or the instance's place in it."""
    names = names_in(stack["Resources"]["LaunchTemplate"]["Properties"])
    conditions = names & stack["Conditions"].keys()
    while conditions:
        named = set().union(*(names_in(stack["Conditions"][name]) for name in conditions))
        conditions = (named & stack["Conditions"].keys()) - names
        names |= named
    return (names & stack["Parameters"].keys() | INDIRECTLY) - WITHOUT_EFFECT


def documented(effect: str) -> set[str]:
    """Return the parameters that docs/aws.md lists with this effect of a change."""
    (row,) = (line for line in DOCS.splitlines() if line.endswith(f"| {effect} |"))
    return set(re.findall(r"`(\w+)`", row.split("|")[1]))


def test_docs_name_the_parameters_that_replace_the_instance(stack: dict[str, Any]) -> None:
    assert documented("replaces the instance") == replacing(stack)


def test_docs_name_every_parameter(stack: dict[str, Any]) -> None:
    """Each has one effect."""
    rows = ["replaces the instance", "changes the stack in place", "is not for updates"]
    listed = [name for row in rows for name in documented(row)]
    assert sorted(listed) == sorted(stack["Parameters"])


def test_every_table_and_bucket_is_retained(stack: dict[str, Any]) -> None:
    """Whether the stack is deleted, or a changed name replaces the resource."""
    for name, resource in stack["Resources"].items():
        if resource["Type"].startswith(("AWS::S3::", "AWS::DynamoDB::")):
            assert name in STORAGE
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    tables = [stack["Resources"][name]["Properties"] for name in TABLES]
    assert all(table["DeletionProtectionEnabled"] for table in tables)


def test_another_version_of_the_launch_template_replaces_the_instance(
    stack: dict[str, Any],
) -> None:
    """CloudFormation replaces an instance whose launch template has another version.

    It creates the new one first, waits for its signal, and then moves the address.
    """
    made = stack["Resources"]["Instance"]["Properties"]
    assert made["LaunchTemplate"]["Version"] == {"GetAtt": "LaunchTemplate.LatestVersionNumber"}
    assert "CreationPolicy" in stack["Resources"]["Instance"]
    assert stack["Resources"]["Address"]["Properties"]["InstanceId"] == {"Ref": "Instance"}


@pytest.mark.parametrize("parameters", [{"AlarmEmail": "operator@example.org"}])
def test_storage_survives_an_update(aws: RecordingAws, parameters: dict[str, str]) -> None:
    """With its tags, its policy and its objects."""
    made = create(aws)
    before = {name: made.resource(name) for name in ("Bucket", *TABLES)}
    aws.s3.put_object(Bucket=before["Bucket"], Key="photos/1/original.jpg", Body=b"photo")
    made.update(**parameters)
    assert {name: made.resource(name) for name in before} == before
    stored = aws.s3.get_object(Bucket=before["Bucket"], Key="photos/1/original.jpg")
    assert stored["Body"].read() == b"photo"
    assert "AlarmTopic" in made.resources()


def test_storage_survives_the_stack(aws: RecordingAws) -> None:
    """A second stack uses it."""
    made = create(aws)
    aws.s3.put_object(Bucket=made.resource("Bucket"), Key="photos/1/original.jpg", Body=b"photo")
    tables = [made.resource(name) for name in TABLES]
    aws.client("cloudformation").delete_stack(StackName="shoebox")
    assert aws.s3.list_objects_v2(Bucket="holiday-photos")["KeyCount"] == 1
    assert sorted(aws.dynamodb.list_tables()["TableNames"]) == sorted(tables)
    again = create(aws, Storage="existing")
    assert again.outputs()["Url"].startswith("http://")
