"""The instance's role and the bucket policy, on an emulator that enforces both.

The tests provision and use a site with both policies, then again without each of their statements,
and serve with policies/serving_policy.json alone.
"""

import itertools
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from app.config import Config
from app.domain import object_keys
from tests.image_workers import ended_image_workers
from tests.provisioning.instance import Instance
from tests.provisioning.ministack import (
    POLICIES,
    REGION,
    Ministack,
    MinistackMissing,
    run_ministack,
)
from tests.sample_images import jpeg
from tests.visitor import Visitor

POLICY_FILES = ("serving_policy.json", "provisioning_policy.json")
SIDS = [
    statement["Sid"]
    for name in POLICY_FILES
    for statement in json.loads((POLICIES / name).read_text())["Statement"]
]
# Without these nothing fails here. ProvisionSeeAccountBlock only explains a failure
# (test_public_read_check.py), ministack has no sessions, and the Deny statement allows nothing.
NOT_NEEDED = {"ProvisionSeeAccountBlock", "OperatorSession", "ScriptSecretsStay"}
NEEDED = [sid for sid in SIDS if sid not in NOT_NEEDED]
NUMBERS = itertools.count(1)

DENIED = re.compile(
    "AccessDenied|not checked|needs the IAM action|was refused|belongs to another AWS account"
)

Statements = list[dict[str, Any]]


def without(sid: str, statements: Statements) -> Statements:
    return [statement for statement in statements if statement["Sid"] != sid]


pytestmark = pytest.mark.exhaustive("instance role", every=8)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    try:
        with run_ministack(tmp_path_factory.mktemp("ministack")) as running:
            yield running
    except MinistackMissing as missing:
        pytest.skip(f"THE POLICIES WERE NOT TESTED: {missing}")


@pytest.fixture
def launch(
    aws: Ministack, tmp_path: Path
) -> Iterator[Callable[[Callable[[Statements], Statements]], Instance]]:
    """Return a function that launches an instance with the statements that `choose` keeps."""
    with mock.patch.dict("os.environ") as environment, ended_image_workers():
        for name in [name for name in environment if name.startswith("AWS_")]:
            del environment[name]

        def launched(choose: Callable[[Statements], Statements] = list) -> Instance:
            name = f"holiday-photos-{next(NUMBERS)}"
            both = [aws.statements(policy, name, name) for policy in POLICY_FILES]
            role = aws.as_role(name, choose(list(itertools.chain(*both))))
            environment.update(role)
            config = Config(
                photo_dir=tmp_path,
                photo_bucket=name,
                photo_table=name,
                aws_region=REGION,
                aws_endpoint_url=aws.url,
                secret_key="a secret for tests alone",
            )
            return Instance(config, role)

        yield launched


def ask(url: str, method: str = "GET") -> int:
    """Return the status of an anonymous request."""
    body = b"x" if method == "PUT" else None
    request = urllib.request.Request(url, method=method, data=body)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_everything_works_with_the_role_on_two_instances(launch: Any) -> None:
    instance = launch()
    photo_id = instance.live()
    assert "created" not in instance.run("provision").output
    instance.share_secrets()
    assert Visitor(instance.app()).get(f"/photos/{photo_id}").status_code == 200


def test_serving_policy_is_enough_after_provisioning(aws: Ministack, launch: Any) -> None:
    """A second run of the script and another instance need the serving policy only."""
    instance = launch()
    photo_id = instance.live()
    name = instance.bucket
    aws.keep_only(name, aws.statements("serving_policy.json", name, name))
    instance.share_secrets()
    again = instance.run("provision").output
    assert "not checked. The role lacks s3:GetLifecycleConfiguration" in again
    assert "public" in again.splitlines()[-1]
    assert instance.serve() != photo_id
    assert "No problems found." in instance.run("check", "--sidecars").output


@pytest.mark.parametrize("sid", NEEDED)
def test_every_statement_of_the_role_is_needed(launch: Any, sid: str) -> None:
    instance = launch(partial(without, sid))
    with pytest.raises(AssertionError, match=DENIED):
        instance.live()


def test_anonymous_requests_may_get_photos_only(aws: Ministack, launch: Any) -> None:
    instance = launch()
    photo_id = instance.live()
    s3 = aws.client("s3")
    before = {entry["Key"] for entry in s3.list_objects_v2(Bucket=instance.bucket)["Contents"]}
    bucket = f"{aws.url}/{instance.bucket}"
    public = {key for key in before if key.startswith("photos/")}
    assert object_keys.original(photo_id, "image/jpeg") in public
    assert {key.partition("/")[0] for key in before} == {
        "photos",
        "hidden",
        "records",
        "trash",
    }
    assert {key: ask(f"{bucket}/{key}") for key in before} == {
        key: 200 if key in public else 403 for key in before
    }
    for path in ("", "/", "?list-type=2", "?list-type=2&prefix=photos/", "?policy", "?acl"):
        assert ask(bucket + path) == 403, path
    for key in (*sorted(public)[:1], "photos/w/new/original.jpg", "records/w/new.json"):
        assert ask(f"{bucket}/{key}", "PUT") == 403, key
        assert ask(f"{bucket}/{key}", "DELETE") == 403, key
    assert (
        ask(f"{bucket}?policy", "PUT")
        == ask(f"{bucket}?policy", "DELETE")
        == ask(bucket, "DELETE")
        == 403
    )
    assert {
        entry["Key"] for entry in s3.list_objects_v2(Bucket=instance.bucket)["Contents"]
    } == before


def test_role_reaches_no_other_bucket_table_or_secret(aws: Ministack, launch: Any) -> None:
    other = launch()
    other.live()
    mine = launch()
    mine.live()
    other.environment = mine.environment
    for attempt in (
        other.share_secrets,
        other.serve,
        partial(other.run, "check"),
        partial(other.run, "provision"),
    ):
        with pytest.raises(AssertionError, match=DENIED):
            attempt()


def test_large_photo_is_published_with_every_rendition(launch: Any) -> None:
    instance = launch()
    instance.run("provision")
    assert Visitor(instance.app()).upload(jpeg(2100, 1400)).status_code == 303
