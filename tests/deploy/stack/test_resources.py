"""The template is valid, and its resources are restrictive."""

import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from app.provisioning.policies import LIFECYCLE, PUBLIC_ACCESS_BLOCK
from app.provisioning.table_specs import table_specs
from tests.deploy.stack.template import (
    STACK,
    STORAGE,
    TABLES,
    VALUES,
    launch_data,
    policy,
    resolved,
)

TAGS = [{"Key": "Name", "Value": "shoebox"}, {"Key": "Application", "Value": "shoebox"}]


def test_cfn_lint_passes() -> None:
    lint = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run([lint, STACK], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_template_is_below_the_size_limit() -> None:
    """CloudFormation accepts 51 200 bytes with the request."""
    assert STACK.stat().st_size <= 51_200


def properties(stack: dict[str, Any], name: str) -> dict[str, Any]:
    values = VALUES | {"Bucket": "BUCKET_NAME"}
    conditions = {"HasCdn": False, "NewStorage": True}
    found: dict[str, Any] = resolved(stack["Resources"][name]["Properties"], values, conditions)
    return found


def test_role_may_serve_and_signal_and_nothing_else(stack: dict[str, Any]) -> None:
    """The stack owns the resources that provisioning would create."""
    role = properties(stack, "Role")
    documents = {entry["PolicyName"]: entry["PolicyDocument"] for entry in role["Policies"]}
    assert documents["serving"] == policy("serving_policy.json")
    assert documents.keys() == {"serving", "signal"}
    (signal,) = documents["signal"]["Statement"]
    assert (signal["Action"], signal["Resource"]) == ("cloudformation:SignalResource", "STACK_ID")
    assert role["AssumeRolePolicyDocument"] == policy("instance_trust.json")
    assert "ManagedPolicyArns" not in role


@pytest.mark.parametrize("name", STORAGE)
def test_storage_outlives_the_stack(stack: dict[str, Any], name: str) -> None:
    resource = stack["Resources"][name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert resource["Condition"] == ("OwnsBucketPolicy" if "Policy" in name else "NewStorage")


def test_bucket_is_configured_as_provisioning_does(stack: dict[str, Any]) -> None:
    bucket = properties(stack, "Bucket")
    assert bucket["BucketName"] == "BUCKET_NAME"
    assert bucket["PublicAccessBlockConfiguration"] == PUBLIC_ACCESS_BLOCK
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    rules = [as_cloudformation(rule) for rule in LIFECYCLE]
    assert bucket["LifecycleConfiguration"]["Rules"] == rules
    document = properties(stack, "BucketPolicy")["PolicyDocument"]
    assert document == policy("bucket_policy.json")


def as_cloudformation(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule of S3's API as CloudFormation spells it."""
    names = {"Days": "ExpirationInDays", "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker"}
    kept = {name: rule[name] for name in rule if name not in {"ID", "Filter", "Expiration"}}
    expiration = {names[name]: value for name, value in rule.get("Expiration", {}).items()}
    prefix = {"Prefix": rule["Filter"]["Prefix"]} if rule["Filter"]["Prefix"] else {}
    return {"Id": rule["ID"], **prefix, **kept, **expiration}


@pytest.mark.parametrize("number", range(len(TABLES)))
def test_tables_are_configured_as_provisioning_does(stack: dict[str, Any], number: int) -> None:
    spec = table_specs("TABLE_NAME")[number]
    found = properties(stack, TABLES[number])
    assert {key: found[key] for key in spec.definition} == spec.definition
    assert found["DeletionProtectionEnabled"] is True
    assert found["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    expiry = {"AttributeName": "expires_at", "Enabled": True} if spec.has_expiry else None
    assert found.get("TimeToLiveSpecification") == expiry


def is_taggable(kind: str) -> bool:
    """Return whether CloudFormation's schema says that resources of a type have tags."""
    # Each worker of pytest-xdist imports this module, and cfn-lint takes a second to import.
    schemas = import_module("cfnlint.schema").PROVIDER_SCHEMA_MANAGER
    schema = schemas.get_resource_schema("us-east-1", kind).schema
    return bool(schema.get("tagging", {}).get("taggable"))


def test_every_resource_is_tagged(stack: dict[str, Any]) -> None:
    """So are the volume and the network interface, which the launch template makes."""
    for name, resource in stack["Resources"].items():
        if not is_taggable(resource["Type"]) and name != "LaunchTemplate":
            continue
        made = resource["Properties"]
        tags = made.get("Tags", made.get("ResourceTags"))
        specifications = made.get("TagSpecifications", [{"Tags": tags}])
        (found,) = (resolved(entry["Tags"], VALUES, {}) for entry in specifications)
        if resource["Type"] == "AWS::AutoScaling::AutoScalingGroup":  # its instances have them too
            assert all(tag.pop("PropagateAtLaunch") for tag in found)
        assert found == TAGS, name
    launched = resolved(launch_data(stack)["TagSpecifications"], VALUES, {})
    assert [(entry["ResourceType"], entry["Tags"]) for entry in launched] == [
        ("volume", TAGS),
        ("network-interface", TAGS),
    ]


def test_instance_requires_imdsv2_and_has_termination_protection(stack: dict[str, Any]) -> None:
    assert launch_data(stack)["MetadataOptions"] == {"HttpTokens": "required"}
    assert stack["Resources"]["Instance"]["Properties"]["DisableApiTermination"] is True


def test_security_group_allows_only_http_and_https(stack: dict[str, Any]) -> None:
    group = stack["Resources"]["SecurityGroup"]["Properties"]
    ingress = resolved(group["SecurityGroupIngress"], {}, {"HasBalancer": False})
    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in ingress} == {
        ("tcp", 80, 80),
        ("tcp", 443, 443),
    }


def test_stack_outputs_the_url(stack: dict[str, Any]) -> None:
    named, bare = ({"HasDomain": there, "HasBalancer": False} for there in (True, False))
    values = {"Domain": "photos.example.org", "Instance.PublicIp": "203.0.113.10"}
    url = stack["Outputs"]["Url"]["Value"]
    assert resolved(url, values, named) == "https://photos.example.org/"
    assert resolved(url, values, bare) == "http://203.0.113.10/"


def test_domain_has_an_elastic_ip(stack: dict[str, Any]) -> None:
    assert stack["Resources"]["Address"]["Condition"] == "HasAddress"
    assert stack["Resources"]["Address"]["Properties"]["InstanceId"] == {"Ref": "Instance"}
    assert stack["Outputs"]["PublicIp"]["Value"]["If"][:2] == ["HasAddress", {"Ref": "Address"}]
