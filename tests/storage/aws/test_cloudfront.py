"""Copies of deleted objects are removed from CloudFront, now or later."""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from app.domain.errors import StorageError, StorageRefused
from app.domain.object_keys import MAX_AGE_IN_SHARED_CACHES
from app.maintenance import clean_object
from app.services.deadline import timeout
from app.storage.aws import client_factory, cloudfront
from app.storage.aws.cloudfront import CloudFrontInvalidation
from app.storage.aws.s3 import S3Store
from tests.backends import BUCKET, REGION, Backend, aws_environment

PHOTO = "photos/01M83E4ZNTEMGF6GNB8SF0QNDW"


class Distribution:
    """Records the paths of invalidations, or fails."""

    def __init__(self) -> None:
        self.batches: list[Mapping[str, Any]] = []
        self.error: Exception | None = None

    def create_invalidation(
        self,
        *,
        DistributionId: str,  # noqa: N803  boto3's name
        InvalidationBatch: Mapping[str, Any],  # noqa: N803  boto3's name
    ) -> Mapping[str, Any]:
        assert DistributionId == "E2QWRUHAPOMQZL"
        if self.error:
            raise self.error
        assert InvalidationBatch["Paths"]["Quantity"] == len(InvalidationBatch["Paths"]["Items"])
        self.batches.append(InvalidationBatch)
        return {}

    @property
    def paths(self) -> list[list[str]]:
        return [batch["Paths"]["Items"] for batch in self.batches]


@pytest.fixture
def distribution() -> Distribution:
    return Distribution()


@pytest.fixture
def cdn(distribution: Distribution) -> CloudFrontInvalidation:
    return CloudFrontInvalidation(
        distribution, "E2QWRUHAPOMQZL", "/media", MAX_AGE_IN_SHARED_CACHES
    )


def unreachable() -> Exception:
    return EndpointConnectionError(endpoint_url="https://cloudfront.amazonaws.com")


def test_deleted_public_objects_are_invalidated(
    cloud: Backend, cdn: CloudFrontInvalidation, distribution: Distribution
) -> None:
    """One request has the paths of all objects; private objects are in no cache."""
    assert cloud.clients
    objects = S3Store(cloud.clients.s3, BUCKET, "https://cdn.example.org/media", cdn=cdn)
    objects.put(f"{PHOTO}/320.jpg", b"small")
    objects.delete([f"{PHOTO}/320.jpg", f"{PHOTO}/original.jpg", "records/01M83E4ZNT.json"])
    objects.delete(["trash/01M83E4ZNT/320.jpg"])
    assert distribution.paths == [[f"/media/{PHOTO}/320.jpg", f"/media/{PHOTO}/original.jpg"]]


def test_a_cleaned_object_is_invalidated(
    cloud: Backend, cdn: CloudFrontInvalidation, distribution: Distribution
) -> None:
    """Otherwise CloudFront shows the location of a photo after `audit --fix` has removed it."""
    assert cloud.clients
    objects = S3Store(cloud.clients.s3, BUCKET, "https://cdn.example.org/media", cdn=cdn)
    objects.put(f"{PHOTO}/original.jpg", b"a photo with its location")
    assert distribution.paths == []
    backend = replace(cloud, objects=objects)
    clean_object(backend, f"{PHOTO}/original.jpg", lambda _body: b"a photo")
    assert distribution.paths == [[f"/media/{PHOTO}/original.jpg"]]


def test_each_request_has_its_own_reference(
    cdn: CloudFrontInvalidation, distribution: Distribution
) -> None:
    """CloudFront ignores a second request with the same reference."""
    cdn.invalidate([f"{PHOTO}/320.jpg"])
    cdn.invalidate([f"{PHOTO}/320.jpg"])
    assert len({batch["CallerReference"] for batch in distribution.batches}) == 2


def test_failed_invalidation_is_logged_and_repeated(
    cdn: CloudFrontInvalidation, distribution: Distribution, caplog: pytest.LogCaptureFixture
) -> None:
    """The request that deleted the photo does not fail, and the next attempt has all paths."""
    distribution.error = unreachable()
    cdn.invalidate([f"{PHOTO}/320.jpg"])
    cdn.invalidate([f"{PHOTO}/640.jpg"])
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert f"{PHOTO}/320.jpg" in caplog.text
    with pytest.raises(StorageError):
        cdn.retry()
    distribution.error = None
    assert cdn.retry() == 2
    assert distribution.paths == [[f"/media/{PHOTO}/320.jpg", f"/media/{PHOTO}/640.jpg"]]
    assert cdn.retry() == 0


def test_expired_copies_are_not_invalidated(
    cdn: CloudFrontInvalidation, distribution: Distribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an hour CloudFront asks for the object again by itself."""
    distribution.error = unreachable()
    cdn.invalidate([f"{PHOTO}/320.jpg"])
    distribution.error = None
    later = time.monotonic() + MAX_AGE_IN_SHARED_CACHES + 1
    monkeypatch.setattr(cloudfront, "time", SimpleNamespace(monotonic=lambda: later))
    assert cdn.retry() == 0
    assert distribution.paths == []


def test_a_request_has_at_most_3000_paths(
    cdn: CloudFrontInvalidation, distribution: Distribution
) -> None:
    """The rest is sent with the next attempt."""
    distribution.error = unreachable()
    for number in range(31):
        cdn.invalidate(f"photos/{number}/{name}.jpg" for name in range(100))
    distribution.error = None
    assert [cdn.retry(), cdn.retry(), cdn.retry()] == [3000, 100, 0]


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDenied", "policies/cloudfront_invalidation.json"),
        ("NoSuchDistribution", "CLOUDFRONT_DISTRIBUTION_ID"),
    ],
)
def test_a_refusal_names_what_to_change(
    cdn: CloudFrontInvalidation, distribution: Distribution, code: str, advice: str
) -> None:
    """The journal tells the operator the permission or the setting."""
    distribution.error = ClientError({"Error": {"Code": code}}, "CreateInvalidation")
    cdn.invalidate([f"{PHOTO}/320.jpg"])
    with pytest.raises(StorageRefused, match=advice):
        cdn.retry()


@pytest.fixture
def real_client() -> Iterator[cloudfront.CloudFrontClient]:
    with aws_environment(), mock_aws():
        yield client_factory.create_cloudfront_client(REGION)


def test_boto3_accepts_the_request(real_client: Any) -> None:
    """Moto's distribution has the invalidation."""
    origin = {
        "Id": "bucket",
        "DomainName": "b.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    behavior = {"TargetOriginId": "bucket", "ViewerProtocolPolicy": "https-only"}
    made = real_client.create_distribution(
        DistributionConfig={
            "CallerReference": "test",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": behavior,
        }
    )
    distribution_id = made["Distribution"]["Id"]
    CloudFrontInvalidation(real_client, distribution_id, "", 1.0).invalidate([f"{PHOTO}/320.jpg"])
    listed = real_client.list_invalidations(DistributionId=distribution_id)
    assert listed["InvalidationList"]["Quantity"] == 1


def test_no_attempt_could_end_after_the_deadline(
    real_client: cloudfront.CloudFrontClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A visitor does not wait for CloudFront; the paths are sent later."""
    cdn = CloudFrontInvalidation(real_client, "E2QWRUHAPOMQZL", "", MAX_AGE_IN_SHARED_CACHES)
    with timeout(1):
        cdn.invalidate([f"{PHOTO}/320.jpg"])
    assert "takes too long to answer" in caplog.text
