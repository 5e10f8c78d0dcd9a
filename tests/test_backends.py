"""The storage backend is built once, from the configuration."""

import subprocess
import sys
from dataclasses import replace
from unittest import mock

import boto3
import pytest
from moto import mock_aws

from app.backends import build_backend
from app.config import Config
from app.domain.media.reads import MediaReads
from app.storage.aws.s3 import S3Store
from app.storage.local.folder import LocalObjectStore
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import BUCKET, REGION, TABLE, aws_environment

LOCAL_ONLY = """
import sys
import app
from app.backends import build_backend
from app.config import Config
build_backend(Config())
sys.exit("boto3" in sys.modules)
"""


def test_backend_is_local_without_a_bucket(config: Config) -> None:
    """A folder and SQLite need no settings."""
    assert isinstance(build_backend(config).objects, LocalObjectStore)


def test_backend_is_aws_with_a_bucket(config: Config) -> None:
    """Nothing is sent to AWS before the first call."""
    aws = replace(config, photo_bucket=BUCKET, photo_table=TABLE, aws_region=REGION)
    with aws_environment():
        objects = build_backend(aws).objects
    assert isinstance(objects, S3Store)
    assert objects.url("photos/x").endswith("/photos/x")


@pytest.mark.parametrize("reads", MediaReads)
def test_backend_has_a_bucket_and_a_local_catalog(config: Config, reads: MediaReads) -> None:
    """The bucket is in the path of URLs, since its name is no host name in a local network."""
    store = replace(
        config,
        photo_bucket=BUCKET,
        aws_region="auto",
        aws_endpoint_url_s3="http://store:9000",
        media_reads=reads,
    )
    with aws_environment():
        backend = build_backend(store)
    assert isinstance(backend.objects, S3Store)
    assert isinstance(backend.catalog, SqliteCatalog)
    assert backend.media
    bucket_url = f"http://store:9000/{BUCKET}"
    is_public = reads is MediaReads.PUBLIC
    assert backend.objects.url("photos/x") == f"{bucket_url if is_public else '/media'}/photos/x"
    assert backend.media.signed_url("photos/x").url.startswith(f"{bucket_url}/photos/x?")
    assert backend.media.origin_url == bucket_url


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1"])
@pytest.mark.parametrize("bucket", ["my-photos", "my.photos"])
def test_signed_urls_of_s3_begin_at_the_origin(config: Config, region: str, bucket: str) -> None:
    """In each region: the Content-Security-Policy lets browsers load images from there alone."""
    private = replace(
        config, photo_bucket=bucket, aws_region=region, media_reads=MediaReads.PRESIGNED
    )
    with aws_environment():
        media = build_backend(private).media
        assert media
        assert f".{region}.amazonaws.com" in media.origin_url
        for head in (False, True):
            signed = media.signed_url("photos/x", head=head)
            assert signed.url.startswith(f"{media.origin_url}/photos/x?")


@pytest.mark.parametrize("has_invalidation", [False, True])
def test_cdn_shortens_the_time_in_caches(config: Config, *, has_invalidation: bool) -> None:
    """With a distribution, its copies of deleted objects are removed, again after a failure."""
    behind_cdn = replace(
        config,
        photo_bucket=BUCKET,
        photo_table=TABLE,
        aws_region=REGION,
        media_base_url="https://cdn.example.org/media",
        cloudfront_distribution_id="E2QWRUHAPOMQZL" if has_invalidation else None,
    )
    with aws_environment(), mock_aws(), mock.patch("app.periodic_tasks.start") as start:
        objects = build_backend(behind_cdn).objects
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)
        objects.put("photos/x/320.jpg", b"small")
        stored = boto3.client("s3", REGION).head_object(Bucket=BUCKET, Key="photos/x/320.jpg")
    assert stored["CacheControl"] == "public, max-age=3600"
    assert [call.args[0] for call in start.call_args_list] == ["invalidate"] * has_invalidation


def test_invalidation_uses_the_region_of_the_profile(config: Config) -> None:
    """The region selects the partition, and so the endpoint of CloudFront."""
    behind_cdn = replace(
        config,
        photo_bucket=BUCKET,
        photo_table=TABLE,
        media_base_url="https://cdn.example.org",
        cloudfront_distribution_id="E2QWRUHAPOMQZL",
    )
    with (
        aws_environment(),
        mock.patch("app.periodic_tasks.start"),
        mock.patch("app.storage.aws.client_factory.create_cloudfront_client") as create,
    ):
        build_backend(behind_cdn)
    create.assert_called_once_with(REGION)


def test_local_backend_does_not_import_boto3(config: Config) -> None:
    """boto3 takes 40 MB and a third of a second."""
    script = LOCAL_ONLY.replace("Config()", f"Config(photo_dir=Path({str(config.photo_dir)!r}))")
    script = f"from pathlib import Path\n{script}"
    subprocess.run([sys.executable, "-c", script], check=True)
