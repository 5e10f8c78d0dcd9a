"""deploy/stack.yaml as CloudFormation reads it, with sample parameters."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
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
TABLES = ("PhotosTable", "ListingsTable", "PostingsTable")
STORAGE = ("Bucket", "BucketPolicy", *TABLES)
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


def policy(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "policies" / name).read_text())
    return document
