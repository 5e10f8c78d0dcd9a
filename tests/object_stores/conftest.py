"""The site with photos on moto's S3 or on SeaweedFS, and its catalog in SQLite."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from app.backends import build_backend
from app.config import Config
from app.domain.media.reads import MediaReads
from tests.backends import BUCKET, REGION, Backend, aws_environment
from tests.object_stores.seaweedfs import create_client, make_photos_public


@pytest.fixture(params=["moto", "seaweedfs"])
def endpoint(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The URL of an object store with an empty bucket; None is S3."""
    if request.param == "seaweedfs":
        yield request.getfixturevalue("seaweedfs_endpoint")
    else:
        with aws_environment(), mock_aws():
            boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)
            yield None


@pytest.fixture
def private_bucket(endpoint: str | None) -> Iterator[None]:
    """No object of the bucket is public. S3 by moto has no public ones anyway."""
    if endpoint is None:
        yield
        return
    client = create_client(endpoint)
    client.delete_bucket_policy(Bucket=BUCKET)
    yield
    make_photos_public(client)


@pytest.fixture
def reads() -> MediaReads:
    """How browsers read photos."""
    return MediaReads.PUBLIC


@pytest.fixture
def config(config: Config, endpoint: str | None, reads: MediaReads) -> Config:
    return replace(
        config,
        photo_bucket=BUCKET,
        aws_region=REGION,
        aws_endpoint_url_s3=endpoint,
        media_reads=reads,
        admin_password="let me rule",
    )


@pytest.fixture
def backend(config: Config) -> Backend:
    return Backend.of(build_backend(config), "object store")
