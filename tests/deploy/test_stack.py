"""The CloudFormation template is valid, restrictive and contains the script."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
STACK = ROOT / "deploy" / "stack.yaml"
SCRIPT = (ROOT / "deploy" / "user_data.sh").read_text(encoding="utf-8")
VALUES = {
    "AWS::Region": "REGION",
    "AWS::AccountId": "ACCOUNT_ID",
    "AWS::Partition": "aws",
    "BucketName": "BUCKET_NAME",
    "TableName": "TABLE_NAME",
}
TYPED = {
    "AWS::Region": "ap-northeast-2",
    "BucketName": "holiday-photos-2026",
    "TableName": "photos",
    "SiteTitle": 'Holidays "by the sea" $HOME',
    "SourceUrl": "https://example.org/shoebox.git#v1.2",
    "SourceSha256": "",
    "Domain": "photos.example.org",
    "AcmeEmail": "me@example.org",
}


class Loader(yaml.SafeLoader):
    """A YAML loader that reads CloudFormation's short forms as {name: arguments}."""


def intrinsic(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_scalar(node)}  # type: ignore[arg-type]


Loader.add_multi_constructor("!", intrinsic)


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(STACK.read_text(encoding="utf-8"), Loader)  # noqa: S506
    return document


def resolved(value: Any, values: dict[str, str], conditions: dict[str, bool]) -> Any:
    """Return `value` as CloudFormation resolves it."""
    match value:
        case {"Sub": text}:
            return re.sub(r"\$\{([\w:.]+)\}", lambda name: values[name[1]], text)
        case {"Ref": name}:
            return values[name]
        case {"If": [condition, then, otherwise]}:
            return resolved(then if conditions[condition] else otherwise, values, conditions)
        case {"Fn::Join": [separator, parts]}:
            return separator.join(resolved(part, values, conditions) for part in parts)
        case {"Fn::Base64": text}:
            return resolved(text, values, conditions)
        case list():
            return [resolved(part, values, conditions) for part in value]
        case dict():
            return {name: resolved(part, values, conditions) for name, part in value.items()}
    return value


def launch_data(stack: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = stack["Resources"]["LaunchTemplate"]["Properties"]["LaunchTemplateData"]
    return data


def user_data(stack: dict[str, Any], *, anyone_may_upload: bool = False) -> str:
    conditions = {"AnyoneMayUpload": anyone_may_upload}
    return str(resolved(launch_data(stack)["UserData"], TYPED, conditions))


def test_cfn_lint_passes() -> None:
    lint = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run([lint, STACK], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_stack_contains_the_current_script(stack: dict[str, Any]) -> None:
    with_script = runpy.run_path(str(ROOT / "deploy" / "stack.py"))["with_script"]
    template = STACK.read_text(encoding="utf-8")
    assert with_script(template, SCRIPT) == template, (
        "the script has changed: python deploy/stack.py"
    )
    assert user_data(stack).endswith(SCRIPT)


def test_outdated_script_in_the_stack_is_detected() -> None:
    with_script = runpy.run_path(str(ROOT / "deploy" / "stack.py"))["with_script"]
    template = STACK.read_text(encoding="utf-8")
    changed = with_script(template, "#!/bin/bash\n\necho another\n")
    assert changed != template
    assert with_script(changed, SCRIPT) == template


def test_user_data_is_below_the_size_limit(stack: dict[str, Any]) -> None:
    assert (
        len(user_data(stack, anyone_may_upload=True).encode()) < 16_384 - 300
    )  # and the longest of parameters


@pytest.mark.parametrize("anyone", [True, False])
def test_parameters_reach_the_script(
    stack: dict[str, Any], tmp_path: Path, *, anyone: bool
) -> None:
    script = tmp_path / "user_data"
    script.write_text(user_data(stack, anyone_may_upload=anyone))
    clean = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", script, "--check"],
        env=clean,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "The settings are valid.\n"), done.stderr
    names = "BUCKET_NAME REGION TABLE_NAME SITE_TITLE SOURCE_URL SOURCE_SHA256 DOMAIN ACME_EMAIL"
    settings = "|".join(f"${name}" for name in names.split()) + "|${UPLOADS:-}"
    head = script.read_text().removesuffix(SCRIPT)
    said = subprocess.run(
        ["bash", "-c", f'{head}\necho "{settings}"'],
        env=clean,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == (
        'holiday-photos-2026|ap-northeast-2|photos|Holidays "by the sea" $HOME|'
        "https://example.org/shoebox.git#v1.2||photos.example.org|me@example.org|"
        f"{'open' if anyone else ''}\n"
    )


@pytest.mark.parametrize(
    "name",
    ["BucketName", "SourceUrl", "SourceSha256", "TableName", "SiteTitle", "Domain", "AcmeEmail"],
)
def test_parameters_can_not_close_their_quotes(stack: dict[str, Any], name: str) -> None:
    pattern = stack["Parameters"][name]["AllowedPattern"]
    good = {
        "BucketName": "holiday",
        "SourceUrl": "https://example.org/a",
        "SourceSha256": "a" * 64,
    }.get(name, "photos")
    assert re.fullmatch(pattern, good)
    for bad in ("'; reboot; '", f"{good}'", f"{good}\nreboot"):
        assert not re.fullmatch(pattern, bad)


def test_role_equals_the_policy_file(stack: dict[str, Any]) -> None:
    role = stack["Resources"]["Role"]["Properties"]
    (inline,) = role["Policies"]
    policies = ROOT / "policies"
    assert resolved(inline["PolicyDocument"], VALUES, {}) == json.loads(
        (policies / "instance_role.json").read_text()
    )
    assert role["AssumeRolePolicyDocument"] == json.loads(
        (policies / "instance_trust.json").read_text()
    )


def test_instance_requires_imdsv2_and_has_termination_protection(stack: dict[str, Any]) -> None:
    assert launch_data(stack)["MetadataOptions"] == {"HttpTokens": "required"}
    assert stack["Resources"]["Instance"]["Properties"]["DisableApiTermination"] is True


def test_security_group_allows_only_http_and_https(stack: dict[str, Any]) -> None:
    ingress = stack["Resources"]["SecurityGroup"]["Properties"]["SecurityGroupIngress"]
    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in ingress} == {
        ("tcp", 80, 80),
        ("tcp", 443, 443),
    }


def test_stack_outputs_the_url(stack: dict[str, Any]) -> None:
    named, bare = ({"HasDomain": there} for there in (True, False))
    values = {"Domain": "photos.example.org", "Instance.PublicIp": "203.0.113.10"}
    url = stack["Outputs"]["Url"]["Value"]
    assert resolved(url, values, named) == "https://photos.example.org/"
    assert resolved(url, values, bare) == "http://203.0.113.10/"


def test_domain_has_an_elastic_ip(stack: dict[str, Any]) -> None:
    assert stack["Resources"]["Address"]["Condition"] == "HasDomain"
    assert stack["Resources"]["Address"]["Properties"]["InstanceId"] == {"Ref": "Instance"}
    assert stack["Outputs"]["PublicIp"]["Value"]["If"][:2] == ["HasDomain", {"Ref": "Address"}]


def test_stack_does_not_own_bucket_and_tables(stack: dict[str, Any]) -> None:
    kinds = {resource["Type"] for resource in stack["Resources"].values()}
    assert not [kind for kind in kinds if "S3" in kind or "DynamoDB" in kind]
