"""The CloudFormation template is valid, restrictive and contains the script."""

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from app.provisioning.policies import LIFECYCLE, PUBLIC_ACCESS_BLOCK
from app.provisioning.tables import table_specs

ROOT = Path(__file__).parents[2]
STACK = ROOT / "deploy" / "stack.yaml"
SCRIPT = (ROOT / "deploy" / "user_data.sh").read_text(encoding="utf-8")
SCRIPT_COPY = runpy.run_path(str(ROOT / "deploy" / "stack.py"))
STACK_SCRIPT = SCRIPT_COPY["without_comments"](SCRIPT)
VALUES = {
    "AWS::Region": "REGION",
    "AWS::AccountId": "ACCOUNT_ID",
    "AWS::Partition": "aws",
    "BucketName": "BUCKET_NAME",
    "TableName": "TABLE_NAME",
    "AWS::StackId": "STACK_ID",
    "AWS::StackName": "shoebox",
}
TAGS = [{"Key": "Name", "Value": "shoebox"}, {"Key": "Application", "Value": "shoebox"}]
STORAGE = ("Bucket", "BucketPolicy", "PhotosTable", "ListingsTable")
TYPED = {
    "AWS::StackId": "arn:aws:cloudformation:ap-northeast-2:123456789012:stack/shoebox/"
    "01234567-89ab-cdef-0123-456789abcdef",
    "PhotosTable": "photos",
    "AWS::Region": "ap-northeast-2",
    "BucketName": "holiday-photos-2026",
    "TableName": "photos",
    "SiteTitle": 'Holidays "by the sea" $HOME',
    "SourceUrl": "https://example.org/shoebox.git#v1.2",
    "SourceSha256": "",
    "Domain": "photos.example.org",
    "AcmeEmail": "me@example.org",
    "Distribution": "E2QWRUHAPOMQZL",
    "Distribution.DomainName": "d111111abcdef8.cloudfront.net",
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
        case {"Sub": [text, more]}:
            return resolved({"Sub": text}, values | resolved(more, values, conditions), conditions)
        case {"Sub": text}:
            filled = re.sub(r"\$\{([\w:.]+)\}", lambda name: values[name[1]], text)
            return filled.replace("${!", "${")
        case {"Ref": name} | {"GetAtt": name}:
            return values[name]
        case {"If": [condition, then, otherwise]}:
            return resolved(then if conditions[condition] else otherwise, values, conditions)
        case {"Join": [separator, parts]}:
            return separator.join(resolved(parts, values, conditions))
        case {"Select": [index, {"Split": [separator, text]}]}:
            return resolved(text, values, conditions).split(separator)[index]
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


def user_data(
    stack: dict[str, Any],
    *,
    anyone_may_upload: bool = False,
    balanced: bool = False,
    has_cdn: bool = False,
) -> str:
    conditions = {
        "AnyoneMayUpload": anyone_may_upload,
        "NewStorage": True,
        "HasBalancer": balanced,
        "HasCdn": has_cdn,
    }
    return str(resolved(launch_data(stack)["UserData"], TYPED, conditions))


def head_of_user_data(stack: dict[str, Any], **options: bool) -> str:
    """Return the lines before the script, which a test may run: they install nothing."""
    text = user_data(stack, **options)
    assert text.endswith(STACK_SCRIPT), "the script has changed: python deploy/stack.py"
    return text.removesuffix(STACK_SCRIPT)


def test_cfn_lint_passes() -> None:
    lint = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run([lint, STACK], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_stack_contains_the_current_script(stack: dict[str, Any]) -> None:
    with_script = SCRIPT_COPY["with_script"]
    template = STACK.read_text(encoding="utf-8")
    assert with_script(template, SCRIPT) == template, (
        "the script has changed: python deploy/stack.py"
    )
    assert user_data(stack).endswith(STACK_SCRIPT)


def test_outdated_script_in_the_stack_is_detected() -> None:
    with_script = SCRIPT_COPY["with_script"]
    template = STACK.read_text(encoding="utf-8")
    changed = with_script(template, "#!/bin/bash\n\necho another\n")
    assert changed != template
    assert with_script(changed, SCRIPT) == template


def test_copy_of_the_script_differs_only_in_comments() -> None:
    """A line of the script that begins with # is a comment, also in texts of several lines."""
    dropped = [line for line in SCRIPT.splitlines() if line not in STACK_SCRIPT.splitlines()]
    assert all(line.lstrip().startswith("#") for line in dropped)
    assert STACK_SCRIPT.startswith("#!/bin/bash\n")
    compare = 'diff -B <(bash --pretty-print "$0") <(bash --pretty-print "$1")'
    done = subprocess.run(
        ["bash", "-c", compare, ROOT / "deploy" / "user_data.sh", "/dev/stdin"],
        input=STACK_SCRIPT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_template_is_below_the_size_limit() -> None:
    """CloudFormation accepts 51 200 bytes with the request."""
    assert STACK.stat().st_size <= 51_200


def test_user_data_is_below_the_size_limit(stack: dict[str, Any]) -> None:
    """With every option, and with long parameters."""
    longest = user_data(stack, anyone_may_upload=True, balanced=True, has_cdn=True)
    assert len(longest.encode()) < 16_384 - 1_000


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
    head = head_of_user_data(stack, anyone_may_upload=anyone)
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


def properties(stack: dict[str, Any], name: str) -> dict[str, Any]:
    values = VALUES | {"Bucket": "BUCKET_NAME"}
    conditions = {"HasCdn": False, "NewStorage": True}
    found: dict[str, Any] = resolved(stack["Resources"][name]["Properties"], values, conditions)
    return found


def policy(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "policies" / name).read_text())
    return document


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


@pytest.mark.parametrize("name", ["PhotosTable", "ListingsTable"])
def test_tables_are_configured_as_provisioning_does(stack: dict[str, Any], name: str) -> None:
    photos, listings = table_specs("TABLE_NAME")
    definition = (photos if name == "PhotosTable" else listings).definition
    found = properties(stack, name)
    assert {key: found[key] for key in definition} == definition
    assert found["DeletionProtectionEnabled"] is True
    assert found["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert found["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def is_taggable(kind: str) -> bool:
    """Return whether CloudFormation's schema says that resources of a type have tags."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
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


def test_stack_waits_for_the_script(stack: dict[str, Any]) -> None:
    """Without a signal within 15 minutes the stack fails."""
    policy = stack["Resources"]["Instance"]["CreationPolicy"]
    assert policy == {"ResourceSignal": {"Count": 1, "Timeout": "PT15M"}}


@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize("has_cfn_signal", [True, False])
def test_end_of_the_script_is_signaled(
    stack: dict[str, Any], tmp_path: Path, *, status: int, has_cfn_signal: bool
) -> None:
    """With cfn-signal, which Amazon Linux has, or with the release's own program."""
    program = tmp_path / ("cfn/cfn-signal" if has_cfn_signal else "app/.venv/bin/python")
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    head = head_of_user_data(stack)
    head = head.replace("/opt/aws/bin", f"{tmp_path}/cfn")
    head = head.replace("/opt/shoebox/current", f"{tmp_path}/app")
    done = subprocess.run(
        ["bash", "-c", f"{head}\nexit {status}"], capture_output=True, text=True, check=False
    )
    options = f"--stack {TYPED['AWS::StackId']} --region ap-northeast-2 --resource Instance"
    if has_cfn_signal:
        assert done.stdout == f"-e {status} {options}\n"
    else:
        assert done.stdout == f"{tmp_path}/app/deploy/signal_stack.py {status} {options}\n"
    assert done.returncode == status, done.stderr


@pytest.mark.parametrize(("status", "expected"), [("0", "SUCCESS"), ("1", "FAILURE")])
def test_signal_program_sends_the_signal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: str, expected: str
) -> None:
    """With the id of the instance: one of several instances counts once."""
    (tmp_path / "instance-id").write_text("i-0123\n")
    sent: list[dict[str, str]] = []
    client = SimpleNamespace(signal_resource=lambda **request: sent.append(request))
    monkeypatch.setattr("boto3.client", lambda *_, **__: client)
    main = runpy.run_path(str(ROOT / "deploy" / "signal_stack.py"))["main"]
    main.__globals__["INSTANCE_ID"] = tmp_path / "instance-id"
    main([status, "--stack", "arn:stack", "--region", "eu-west-1", "--resource", "Instance"])
    assert sent == [
        {
            "StackName": "arn:stack",
            "LogicalResourceId": "Instance",
            "UniqueId": "i-0123",
            "Status": expected,
        }
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
