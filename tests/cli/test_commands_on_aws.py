"""Commands on AWS with the clients that they create, which wait longer than those of the site."""

from pathlib import Path

import boto3
import pytest

from app.storage.aws.table_names import TableNames
from tests.sample_images import jpeg
from tests.server.client import failed_start, run_command
from tests.server.emulator import provisioned_emulator


@pytest.fixture(autouse=True)
def long_deadlines() -> None:
    """Leave the deadline of an upload as it is."""


def test_photos_are_imported_checked_exported_and_rebuilt(tmp_path: Path) -> None:
    """No command is refused a call because the site would have no time left for it."""
    plain, copy = tmp_path / "plain", tmp_path / "copy"
    plain.mkdir()
    for name in ("one.jpg", "two.jpg"):
        (plain / name).write_bytes(jpeg(320, 240))
    with provisioned_emulator() as settings:
        assert "2 added" in run_command("import", str(plain), **settings)
        assert "No problems found." in run_command("check", "--deep", **settings)
        assert "2 photos" in run_command("export", str(copy), **settings)
        assert "2 unchanged" in run_command("import", str(copy), **settings)
        assert "2 unchanged" in run_command("rebuild", "--apply", **settings)
        assert run_command("purge", "--apply", **settings).startswith("0 ")
        lose_tables(settings)
        assert "No photo has a record in the catalog" in run_command("provision", **settings)
        assert "2 added" in run_command("rebuild", "--apply", **settings)
        assert "No photo has a record" not in run_command("provision", **settings)


def test_provision_ends_if_the_photos_have_the_keys_of_an_earlier_version() -> None:
    """So an upgrade ends before it stops the site."""
    with provisioned_emulator() as settings:
        client = session(settings).client("s3", endpoint_url=settings["AWS_ENDPOINT_URL"])
        old_key = "photos/01M8PJAPDJ0000002E2R4XZJ7X/320.jpg"
        client.put_object(Bucket=settings["PHOTO_BUCKET"], Key=old_key)
        reason = failed_start("flask", "--app", "app", "provision", **settings)
        assert "run the command migrate-keys" in reason
        assert "1 objects moved." in run_command("migrate-keys", **settings)
        run_command("provision", **settings)


def session(settings: dict[str, str]) -> boto3.Session:
    return boto3.Session(
        settings["AWS_ACCESS_KEY_ID"],
        settings["AWS_SECRET_ACCESS_KEY"],
        region_name=settings["AWS_REGION"],
    )


def lose_tables(settings: dict[str, str]) -> None:
    client = session(settings).client("dynamodb", endpoint_url=settings["AWS_ENDPOINT_URL"])
    for name in TableNames.of(settings["PHOTO_TABLE"]):
        client.update_table(TableName=name, DeletionProtectionEnabled=False)
        client.delete_table(TableName=name)
