"""A server does not start without its catalog, nor while everyone can read hidden photos.

Covers app.storage.aws.other_stores.anonymous_reads.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from http.client import BadStatusLine, HTTPException
from itertools import combinations
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.error import HTTPError, URLError

import boto3
import pytest
from moto import mock_aws

from app import start_checks
from app.__main__ import main
from app.backends import build_backend, build_services
from app.config import Config, ConfigError
from app.domain.errors import StorageError, StorageRefused, StorageUnavailable
from app.domain.media.reads import MediaReads
from app.maintenance.operations.old_keys import OldKeys
from app.services.ports import ObjectStore
from app.storage.aws.other_stores.anonymous_reads import (
    AnonymousReads,
    HiddenPhotosArePublic,
    PhotosCanBeListed,
)
from app.storage.local.folder import LocalObjectStore
from app.storage.local.sqlite_database import CatalogMissing, SqliteDatabase
from tests.backends import BUCKET, REGION, Backend, aws_environment, local_backend
from tests.object_stores.seaweedfs import create_client, make_photos_public

URL = "https://photos.invalid"


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return LocalObjectStore(tmp_path / "objects")


def serving(objects: ObjectStore, *prefixes: str) -> Callable[[str], bytes]:
    """Return a function that reads the objects under these prefixes as everyone may."""

    def fetch(url: str) -> bytes:
        key = url.removeprefix(f"{URL}/")
        if not key.startswith(prefixes):
            raise HTTPError(url, 403, "Forbidden", None, None)  # type: ignore[arg-type]
        return objects.get(key)

    return fetch


def unreachable(url: str) -> bytes:
    raise URLError(url)


def check(objects: ObjectStore, fetch: Callable[[str], bytes], *, public: bool = True) -> None:
    AnonymousReads(objects, {URL}, URL if public else None, fetch).check()


def test_photos_alone_are_public(objects: ObjectStore, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is logged, and no object is left."""
    check(objects, serving(objects, "photos/"))
    assert not caplog.records
    assert list(objects.list("")) == []


@pytest.mark.parametrize("public", [False, True])
def test_public_hidden_photos_are_an_error(objects: ObjectStore, *, public: bool) -> None:
    """It names the URL, the setting and the documentation."""
    with pytest.raises(HiddenPhotosArePublic, match=URL) as refused:
        check(objects, serving(objects, "photos/", "hidden/"), public=public)
    assert "MEDIA_READS" in str(refused.value)
    assert "docs/object-stores.md" in str(refused.value)
    assert list(objects.list("")) == []


class RefusingStore(LocalObjectStore):
    """A bucket whose access key lacks some permissions, or that fails now and then."""

    def __init__(self, root: Path, refused: frozenset[str], error: StorageError) -> None:
        super().__init__(root)
        self._refused = refused
        self._error = error

    def put(self, key: str, *args: Any, **kwargs: Any) -> None:
        if f"put {key.partition('/')[0]}" in self._refused:
            raise self._error
        super().put(key, *args, **kwargs)

    def delete(self, keys: Iterable[str]) -> None:
        if "delete" in self._refused:
            raise self._error
        super().delete(keys)


CALLS = ("put hidden", "put photos", "delete")
SOME_CALLS = [frozenset(calls) for n in range(4) for calls in combinations(CALLS, n)]


@pytest.mark.parametrize("refused", SOME_CALLS, ids=lambda calls: "+".join(sorted(calls)))
@pytest.mark.parametrize("error", [StorageRefused("no"), StorageUnavailable("gone")], ids=repr)
def test_no_other_failure_hides_that_photos_are_exposed(
    tmp_path: Path, refused: frozenset[str], error: StorageError
) -> None:
    """A bucket that everyone can list or read is reported, if any call can show that."""
    store = RefusingStore(tmp_path / "objects", refused, error)
    with pytest.raises(PhotosCanBeListed):
        check(store, lambda url: LISTING if "list-type=2" in url else b"")
    expected = StorageError if "put hidden" in refused else HiddenPhotosArePublic
    with pytest.raises(expected):
        check(store, serving(store, "photos/", "hidden/"))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_bucket_is_asked_again(objects: ObjectStore, status: int) -> None:
    """Its answers do not say who may read, unless another address does."""

    def busy(url: str) -> bytes:
        raise HTTPError(url, status, "Busy", None, None)  # type: ignore[arg-type]

    def fetch(url: str) -> bytes:
        return read(url) if url.startswith(URL) else busy(url)

    with pytest.raises(StorageUnavailable):
        check(objects, busy)
    read = serving(objects, "hidden/")
    with pytest.raises(HiddenPhotosArePublic):
        AnonymousReads(objects, ["https://busy.invalid", URL], None, fetch).check()
    read = serving(objects, "photos/")
    check(objects, read)


def test_an_object_that_cannot_be_deleted_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The result is known, so the check is not repeated before the next day."""
    store = RefusingStore(tmp_path / "objects", frozenset({"delete"}), StorageRefused("no"))
    check(store, serving(store, "photos/"))
    left = [item.key for item in store.list("")]
    assert [key in caplog.text for key in left] == [True, True]


LISTING = b"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>photos</Name>"""


@pytest.mark.parametrize("public", [False, True])
def test_photos_that_everyone_can_list_are_an_error(objects: ObjectStore, *, public: bool) -> None:
    """The names of photos in unlisted albums are secret."""
    read = serving(objects, "photos/")

    def fetch(url: str) -> bytes:
        return LISTING if "list-type=2" in url else read(url)

    with pytest.raises(PhotosCanBeListed, match=URL) as refused:
        check(objects, fetch, public=public)
    assert "docs/object-stores.md" in str(refused.value)


@pytest.mark.parametrize(
    "error", [URLError("gone"), HTTPException(), BadStatusLine("x"), OSError()]
)
def test_an_answer_that_is_no_http_is_no_answer(objects: ObjectStore, error: Exception) -> None:
    """The site starts: a proxy between may answer anything."""

    def fail(_url: str) -> bytes:
        raise error

    check(objects, fail, public=False)


def test_a_page_for_missing_files_is_no_photo(objects: ObjectStore) -> None:
    """A CDN may answer every request with status 200."""
    check(objects, lambda _: b"<!doctype html>", public=False)


@pytest.mark.parametrize("is_reachable", [False, True])
def test_unreadable_photos_are_a_warning(
    objects: ObjectStore, caplog: pytest.LogCaptureFixture, *, is_reachable: bool
) -> None:
    """Browsers may reach the bucket where this machine does not."""
    check(objects, serving(objects, "none") if is_reachable else unreachable)
    assert "browsers may be unable to read photos" in caplog.text
    assert all(record.levelno == logging.WARNING for record in caplog.records)


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


@pytest.mark.usefixtures("no_periodic_tasks")
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
    folder.put("records/C/01ABC.json", b"{}")
    with pytest.raises(CatalogMissing, match="rebuild --apply"):
        start_checks.check_catalog_exists(config, folder)
    with aws_environment(), mock_aws():
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)
        backend = build_backend(bucket_config(config))
        backend.objects.put("records/C/01ABC.json", b"{}")
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
    (name, check_again, _interval) = task.call_args.args
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
