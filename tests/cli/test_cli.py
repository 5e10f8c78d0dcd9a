"""The operator's commands.

Covers app.cli.backup, app.cli.integrity, app.cli.output, app.cli.progress,
app.cli.provisioning, app.maintenance.decode_check.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.maintenance import IMPORT_OWNER
from app.services.photo_service import PhotoService
from tests.backends import Backend, aws_environment
from tests.sample_images import jpeg
from tests.visitor import Visitor


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def test_check_of_a_whole_collection(app: Flask, visitor: Visitor) -> None:
    """A check of a consistent site prints so and exits with status 0."""
    visitor.add(tags="sea")
    visitor.submit(f"/photos/{visitor.add(tags='sea')}/delete")
    checked = run(app, "check", "--sidecars")
    assert checked.output == "No problems found.\n"
    assert checked.exit_code == 0


def test_check_of_a_broken_collection(app: Flask, visitor: Visitor, backend: Backend) -> None:
    """A missing object is reported with exit status 1."""
    key = object_keys.rendition(visitor.add(), 160)
    backend.objects.delete([key])
    checked = run(app, "check")
    assert f"missing object: {key}" in checked.output
    assert checked.exit_code == 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my photos"
    (folder / "2026").mkdir(parents=True)
    (folder / "2026" / "Pier_at_dusk.jpg").write_bytes(jpeg())
    (folder / "hill.jpg").write_bytes(jpeg())
    (folder / "notes.txt").write_text("no photo")
    (folder / ".hidden.jpg").write_bytes(jpeg())
    return folder


def test_import_adds_a_folder_once(app: Flask, service: PhotoService, folder: Path) -> None:
    """Every photo of the folder is added once; other files are reported."""
    imported = run(app, "import", str(folder))
    assert "2 added, 0 skipped, 0 failed." in imported.output
    assert "other files (1): notes.txt" in imported.output
    assert imported.exit_code == 0
    summaries = service.page(object_keys.owner_listing(IMPORT_OWNER), 10).summaries
    photos = [service.get(summary.photo_id) for summary in summaries]
    assert {photo.filename for photo in photos} == {"Pier_at_dusk.jpg", "hill.jpg"}
    assert {photo.title for photo in photos} == {""}
    assert "0 added, 2 skipped, 0 failed." in run(app, "import", str(folder)).output


def test_import_goes_on_where_it_stopped(app: Flask, visitor: Visitor, folder: Path) -> None:
    """Photos that the site has are skipped."""
    visitor.upload((folder / "hill.jpg").read_bytes())
    assert "1 added, 1 skipped, 0 failed." in run(app, "import", str(folder)).output


def test_limits_for_the_web_server(app: Flask) -> None:
    """The printed limit is the application's own."""
    assert run(app, "limits").output == "MAX_REQUEST_MB=20\nWEEKLY_CHECK=yes\n"


def test_provision_on_the_local_backend_names_the_missing_settings(app: Flask) -> None:
    """Without AWS settings provision prints which ones it needs."""
    provisioned = run(app, "provision")
    assert "PHOTO_BUCKET" in provisioned.output
    assert provisioned.exit_code != 0


def test_provision_makes_the_bucket_private_with_that_setting(config: Config) -> None:
    """The distribution alone may read, and the check reads from there."""
    config = replace(
        config,
        photo_bucket="a-missing-bucket",
        photo_table="photos",
        aws_region="us-east-1",
        media_base_url="https://cdn.example.org",
        cloudfront_distribution_id="E2QWRUHAPOMQZL",
        operations=replace(config.operations, public_bucket=False),
    )
    with aws_environment():
        planned = run(create_app(config), "provision", "--plan")
    assert planned.exit_code == 0
    assert "only the distribution E2QWRUHAPOMQZL may read photos/*" in planned.output
    assert "block public policies" in planned.output
    assert "anyone can read https://cdn.example.org/photos/*" in planned.output


def test_provision_plan_calls_no_aws(config: Config) -> None:
    """`provision --plan` lists steps and permissions without a call."""
    config = replace(
        config, photo_bucket="a-missing-bucket", photo_table="photos", aws_region="us-east-1"
    )
    with aws_environment():
        planned = run(create_app(config), "provision", "--plan")
    assert planned.exit_code == 0
    for words in (
        "a-missing-bucket",
        "photos-listings",
        "photos-postings",
        "s3:PutBucketPolicy",
        "dynamodb:CreateTable",
    ):
        assert words in planned.output
