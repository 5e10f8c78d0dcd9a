"""A server does not start without its catalog, nor while everyone can read hidden photos."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from unittest import mock

import boto3
import pytest
from moto import mock_aws

from app import start_checks
from app.__main__ import main
from app.backends import build_backend, build_services
from app.config import Config, ConfigError
from app.domain.errors import StorageRefused, StorageUnavailable
from app.domain.media.reads import MediaReads
from app.maintenance.operations.old_keys import OldKeys
from app.storage.aws.other_stores.anonymous_reads import AnonymousReads
from app.storage.local.sqlite_database import CatalogMissing, SqliteDatabase
from tests.backends import BUCKET, REGION, Backend, aws_environment, local_backend
from tests.object_stores.seaweedfs import create_client, make_photos_public


def bucket_config(config: Config, **settings: object) -> Config:
    changed: dict[str, object] = {"photo_bucket": BUCKET, "aws_region": REGION} | settings
    return replace(config, **changed)  # type: ignore[arg-type]


def start(config: Config) -> None:
    """Build the app of a server, without its background tasks."""
    with mock.patch("app.periodic_tasks.start"):
        build_services(config)


def test_a_site_with_public_hidden_photos_does_not_start(config: Config) -> None:
    """The message names the setting."""
    with aws_environment(), mock_aws():
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)
        objects = build_backend(bucket_config(config)).objects

        def everything(url: str) -> bytes:
            is_listing = "list-type=2" in url
            return b"" if is_listing else objects.get("/".join(url.split("/")[-4:]))

        with mock.patch.object(AnonymousReads.__init__, "__defaults__", (everything,)):
            for reads in MediaReads:
                with pytest.raises(ConfigError) as refused:
                    start(bucket_config(config, media_reads=reads))
                assert set(refused.value.problems) == {"PHOTO_BUCKET"}
            with (
                mock.patch.object(type(objects), "delete", side_effect=StorageRefused("no")),
                pytest.raises(ConfigError, match="everyone can read hidden"),
            ):
                start(bucket_config(config))


def test_a_site_starts_while_its_bucket_is_unreachable(
    config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    """The check is repeated in the background. Without an SQLite file, the site does not start."""
    with aws_environment(), mock_aws(), pytest.raises(StorageRefused):
        start(bucket_config(config))
    assert not config.catalog_file.exists()
    SqliteDatabase(config.catalog_file).create()
    with aws_environment(), mock_aws(), mock.patch("app.periodic_tasks.start") as task:
        build_services(bucket_config(config))
        assert "it is not known whether hidden photos are private" in caplog.text
        assert "private-photos" in [call.args[0] for call in task.call_args_list]
        with pytest.raises(StorageRefused):
            next(call.args[1] for call in task.call_args_list if call.args[0] == "private-photos")()


def test_seaweedfs_makes_photos_alone_public(
    config: Config, seaweedfs_endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The policy of the repository passes the check, and a private bucket too."""
    site = bucket_config(config, aws_endpoint_url_s3=seaweedfs_endpoint)
    start(site)
    assert "browsers may be unable" not in caplog.text
    client = create_client(seaweedfs_endpoint)
    client.delete_bucket_policy(Bucket=BUCKET)
    start(site)
    assert "browsers may be unable" in caplog.text
    make_photos_public(client)


def test_seaweedfs_with_everything_public_is_refused(
    config: Config, seaweedfs_endpoint: str
) -> None:
    """A policy for the whole bucket shows hidden photos to everyone."""
    client = create_client(seaweedfs_endpoint)
    make_photos_public(client, "*")
    try:
        with pytest.raises(ConfigError, match="everyone can read hidden"):
            start(bucket_config(config, aws_endpoint_url_s3=seaweedfs_endpoint))
    finally:
        make_photos_public(client)


def test_seaweedfs_that_everyone_can_list_is_refused(
    config: Config, seaweedfs_endpoint: str
) -> None:
    """Only reading is public in the policy of the repository. Another one may allow more."""
    client = create_client(seaweedfs_endpoint)
    policy = json.loads(client.get_bucket_policy(Bucket=BUCKET)["Policy"])
    listing = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{BUCKET}",
    }
    policy["Statement"].append(listing)
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    try:
        with pytest.raises(ConfigError, match="everyone can list"):
            start(bucket_config(config, aws_endpoint_url_s3=seaweedfs_endpoint))
    finally:
        make_photos_public(client)


def test_the_server_says_why_it_does_not_start(
    tmp_path: Path, seaweedfs_endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m app` prints the reason, without a traceback."""
    client = create_client(seaweedfs_endpoint)
    make_photos_public(client, "*")
    settings = {
        "PHOTO_DIR": str(tmp_path),
        "PHOTO_BUCKET": BUCKET,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL_S3": seaweedfs_endpoint,
    }
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "app"],
            env=os.environ | settings,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 1
        reason = f"everyone can read hidden and deleted photos at {seaweedfs_endpoint}/{BUCKET}."
        assert reason in ended.stderr
        assert "Traceback" not in ended.stderr
        with (
            mock.patch.dict(os.environ, settings | {"AWS_ACCESS_KEY_ID": "another"}),
            mock.patch("os.umask"),
            pytest.raises(SystemExit, match="The access key is wrong"),
        ):
            main()  # of `python -m app`
        assert "Traceback" not in capsys.readouterr().err
    finally:
        make_photos_public(client)


def test_a_site_without_its_catalog_does_not_start(config: Config, tmp_path: Path) -> None:
    """The records of its photos are there, in the folder or in the bucket."""
    folder = local_backend(tmp_path).objects
    start_checks.check_catalog_exists(config, folder)
    folder.put("records/X/01M8PJAPDJ0000002E2R4XZJ7X.json", b"{}")
    with pytest.raises(CatalogMissing, match="rebuild --apply"):
        start_checks.check_catalog_exists(config, folder)
    with aws_environment(), mock_aws():
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)
        backend = build_backend(bucket_config(config))
        backend.objects.put("records/X/01M8PJAPDJ0000002E2R4XZJ7X.json", b"{}")
        with pytest.raises(CatalogMissing, match="rebuild --apply"):
            start(bucket_config(config))
        SqliteDatabase(config.catalog_file).create()
        start_checks.check_catalog_exists(bucket_config(config), backend.objects)


def test_a_site_with_the_keys_of_an_earlier_version_does_not_start(
    config: Config, backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    """Its photos would be missing, and deleted ones would stay public. An outage is no reason."""
    start_checks.check_keys(backend.objects)
    backend.objects.put("records/X/01M8PJAPDJ0000002E2R4XZJ7X.json", b"{}")
    start_checks.check_keys(backend.objects)
    backend.objects.put("hidden/00M8PJAPDJ0000002E2R4XZJ7X/320.jpg", b"")
    with pytest.raises(OldKeys, match="migrate-keys"):
        start_checks.check_keys(backend.objects)
    unavailable = StorageUnavailable("no")
    with (
        mock.patch.object(backend.objects, "list", side_effect=unavailable),
        mock.patch("app.periodic_tasks.start") as task,
    ):
        start_checks.check_keys(backend.objects)
    assert "it is not known whether photos have the keys" in caplog.text
    (name, check_again) = task.call_args.args
    assert name == "current-keys"
    with pytest.raises(OldKeys):
        check_again()
    (config.photo_dir / "objects/photos/01M8PJAPDJ0000002E2R4XZJ7X").mkdir(parents=True)
    (config.photo_dir / "objects/photos/01M8PJAPDJ0000002E2R4XZJ7X/320.jpg").touch()
    with pytest.raises(OldKeys):
        start(config)


def test_the_log_says_that_no_photo_has_a_record(
    backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    """The site serves while the operator rebuilds a table that was lost."""
    start_checks.log_lost_catalog(backend)
    assert not caplog.records
    backend.objects.put("records/X/01M8PJAPDJ0000002E2R4XZJ7X.json", b"{}")
    start_checks.log_lost_catalog(backend)
    assert "no photo has a record" in caplog.text
