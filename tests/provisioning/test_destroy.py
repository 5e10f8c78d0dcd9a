"""`destroy` deletes the tables, the objects and the bucket."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result

from app import create_app
from app.config import Config
from app.domain.errors import StorageRefused
from app.provisioning import Destroyer, StepResult
from app.storage.aws.table_names import TableNames
from tests.backends import aws_environment
from tests.provisioning.recording_aws import BUCKET, REGION, TABLE, RecordingAws

TABLES = [*TableNames.of(TABLE)]


@pytest.fixture(autouse=True)
def _nowhere() -> Iterator[None]:
    with aws_environment():
        yield


def fill(aws: RecordingAws, *keys: str) -> None:
    aws.provision()
    for key in keys or ("photos/1/original.jpg", "records/1.json", "trash/2/original.jpg"):
        aws.s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")


def destroyer(aws: RecordingAws) -> Destroyer:
    return Destroyer(
        s3=aws.s3, dynamodb=aws.dynamodb, bucket=BUCKET, table=TABLE, sleep=aws.pauses.append
    )


def destroy(aws: RecordingAws) -> dict[str, StepResult]:
    return {step.title: step.run() for step in destroyer(aws).steps()}


def command(config: Config, *arguments: str, typed: str) -> Result:
    config = replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION)
    return create_app(config).test_cli_runner().invoke(args=["destroy", *arguments], input=typed)


def left(aws: RecordingAws) -> tuple[list[str], list[str]]:
    buckets = [bucket["Name"] for bucket in aws.s3.list_buckets()["Buckets"]]
    return buckets, aws.dynamodb.list_tables()["TableNames"]


def test_everything_is_deleted_and_a_second_run_finds_nothing(aws: RecordingAws) -> None:
    fill(aws)
    outcomes = destroy(aws)
    assert [outcome.effect for outcome in outcomes.values()] == ["deleted"] * 5
    assert outcomes[f"objects in {BUCKET}"].detail == "3 of them."
    assert left(aws) == ([], [])
    assert {outcome.effect for outcome in destroy(aws).values()} == {"already deleted"}


def test_noncurrent_versions_are_deleted(aws: RecordingAws) -> None:
    fill(aws)
    aws.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    aws.s3.put_object(Bucket=BUCKET, Key="photos/1/original.jpg", Body=b"y")
    aws.s3.delete_object(Bucket=BUCKET, Key="records/1.json")
    destroy(aws)
    assert left(aws) == ([], [])


def test_more_objects_than_one_request_deletes(
    aws: RecordingAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")
    fill(aws, *(f"photos/{number}/original.jpg" for number in range(34)))
    assert destroy(aws)[f"objects in {BUCKET}"].detail == "34 of them."
    assert left(aws) == ([], [])


def test_objects_of_others_and_their_bucket_stay(aws: RecordingAws) -> None:
    fill(aws, "photos/1/original.jpg", "backups/last.tar", "photosynthesis.txt")
    assert "2 other objects stay" in destroyer(aws).inventory().lines[0]
    assert destroy(aws)[f"bucket {BUCKET}"].effect == "kept"
    kept = [entry["Key"] for entry in aws.s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert kept == ["backups/last.tar", "photosynthesis.txt"]


def test_inventory_changes_nothing(aws: RecordingAws) -> None:
    fill(aws)
    before = left(aws)
    aws.calls.clear()
    inventory = destroyer(aws).inventory()
    assert list(inventory.protected) == TABLES
    assert "3 objects" in inventory.lines[0]
    assert {call.rpartition("Object")[0] or call for call in aws.calls} <= {"DescribeTable", "List"}
    assert left(aws) == before


def test_command_lists_asks_and_deletes(aws: RecordingAws, config: Config) -> None:
    fill(aws)
    done = command(config, "--unprotect", typed=f"{BUCKET}\n")
    assert done.exit_code == 0, done.output
    for word in (
        f"bucket {BUCKET}: 3 objects",
        *(f"table {name}: about 0 items" for name in TABLES),
    ):
        assert word in done.output.partition("The bucket's name")[0]
    assert left(aws) == ([], [])


@pytest.mark.parametrize("typed", ["", "\n", "yes\n", f"{BUCKET}x\n", f"{BUCKET.upper()}\n"])
def test_wrong_bucket_name_deletes_nothing(aws: RecordingAws, config: Config, typed: str) -> None:
    fill(aws)
    before = left(aws)
    assert command(config, "--unprotect", typed=typed).exit_code != 0
    assert left(aws) == before
    assert len(aws.s3.list_objects_v2(Bucket=BUCKET)["Contents"]) == 3


def test_protected_tables_need_the_unprotect_option(aws: RecordingAws, config: Config) -> None:
    fill(aws)
    refused = command(config, typed=f"{BUCKET}\n")
    assert refused.exit_code != 0
    assert "--unprotect" in refused.output
    assert left(aws) == ([BUCKET], TABLES)
    for name in TABLES:
        aws.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    assert command(config, typed=f"{BUCKET}\n").exit_code == 0
    assert left(aws) == ([], [])


def test_instance_role_may_not_destroy(aws: RecordingAws) -> None:
    fill(aws)
    aws.answer(aws.s3, "DeleteBucket", "AccessDenied")
    with pytest.raises(
        StorageRefused, match=r"s3:DeleteBucket, which the instance's role lacks on purpose"
    ):
        destroy(aws)


def test_error_names_an_object_that_could_not_be_deleted(
    aws: RecordingAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(aws)
    errors = [{"Key": "photos/1/original.jpg", "Message": "Access Denied."}]
    monkeypatch.setattr(aws.s3, "delete_objects", lambda **_: {"Errors": errors})
    with pytest.raises(StorageRefused, match=r"for example photos/1/original\.jpg: Access Denied"):
        destroy(aws)


def test_steps_list_the_actions_they_use(aws: RecordingAws) -> None:
    used: dict[str, Any] = {step.title: step.actions for step in destroyer(aws).steps()}
    assert used[f"bucket {BUCKET}"] == ("s3:DeleteBucket",)
    assert all(actions for actions in used.values())


def test_local_backend_has_nothing_to_destroy(config: Config) -> None:
    refused = create_app(config).test_cli_runner().invoke(args=["destroy"])
    assert refused.exit_code != 0
    assert str(config.photo_dir) in refused.output
