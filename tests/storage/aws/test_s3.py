"""S3's own properties: headers, addresses and encryption."""

from typing import TYPE_CHECKING, Any

import pytest

from app.domain import object_keys
from app.domain.object_keys import MAX_AGE_IN_SHARED_CACHES
from app.domain.photo_summary import PhotoState
from app.storage.aws import client_factory
from app.storage.aws.s3 import S3Store, public_base_url
from tests.backends import BUCKET, Backend
from tests.storage.aws_calls import recorded

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

ID = "01M83E4ZNTEMGF6GNB8SF0QNDW"
FOREVER = "public, max-age=31536000, immutable"


def trashed(key: str) -> str:
    return object_keys.moved(key, object_keys.TRASH_PREFIX)


def head(cloud: Backend, key: str) -> "HeadObjectOutputTypeDef":
    assert cloud.clients
    return cloud.clients.s3.head_object(Bucket=BUCKET, Key=key)


@pytest.mark.parametrize(
    ("key", "content_type", "disposition"),
    [
        (object_keys.rendition(ID, 320), "image/jpeg", "inline"),
        (object_keys.original(ID, "image/jpeg"), "image/jpeg", f'attachment; filename="{ID}.jpg"'),
        (object_keys.original(ID, "image/heic"), "image/heic", f'attachment; filename="{ID}.heic"'),
        (object_keys.original(ID, "image/tiff"), "image/tiff", f'attachment; filename="{ID}.tif"'),
    ],
)
def test_public_objects_say_what_they_are(
    cloud: Backend, key: str, content_type: str, disposition: str
) -> None:
    """Renditions are shown, originals are downloaded as `<photo_id>.<ext>`, and both are cached."""
    cloud.objects.put(key, b"bytes")
    found = head(cloud, key)
    assert (found["ContentType"], found["ContentDisposition"]) == (content_type, disposition)
    assert found["CacheControl"] == FOREVER


@pytest.mark.parametrize(
    "key", [object_keys.sidecar(ID, state.prefix) for state in PhotoState], ids=list(PhotoState)
)
def test_records_are_for_no_cache(cloud: Backend, key: str) -> None:
    """A private record is JSON, and no header lets anybody keep it."""
    cloud.objects.put(key, b"{}")
    found = head(cloud, key)
    assert found["ContentType"] == "application/json"
    assert "CacheControl" not in found
    assert "ContentDisposition" not in found


def test_a_copy_keeps_its_headers(cloud: Backend) -> None:
    """A restored photo is served as it was before it was trashed."""
    key = object_keys.original(ID, "image/png")
    cloud.objects.put(key, b"bytes")
    cloud.objects.copy(key, trashed(key))
    cloud.objects.delete([key])
    cloud.objects.copy(trashed(key), key)
    found = head(cloud, key)
    assert found["CacheControl"] == FOREVER
    assert (found["ContentType"], found["ContentDisposition"]) == (
        "image/png",
        f'attachment; filename="{ID}.png"',
    )


def test_objects_behind_a_cdn_are_cached_for_an_hour(cloud: Backend) -> None:
    """A copy in the CDN outlives a deletion by this time; restored objects get the header too."""
    assert cloud.clients
    key = object_keys.original(ID, "image/png")
    cloud.objects.put(trashed(key), b"stored before there was a CDN")
    behind_cdn = S3Store(
        cloud.clients.s3, BUCKET, "https://cdn.example.org", max_age=MAX_AGE_IN_SHARED_CACHES
    )
    behind_cdn.copy(trashed(key), key)
    assert head(cloud, key)["CacheControl"] == "public, max-age=3600"
    behind_cdn.put(key, b"new")
    assert head(cloud, key)["CacheControl"] == "public, max-age=3600"


def test_no_acl_is_ever_sent(cloud: Backend) -> None:
    """New buckets refuse ACLs; the bucket policy alone makes objects public."""
    assert cloud.clients
    key = object_keys.rendition(ID, 320)
    with recorded(cloud.clients) as calls:
        cloud.objects.put(key, b"bytes")
        cloud.objects.copy(key, trashed(key))
    assert not [
        name
        for _, params in calls.made
        for name in params
        if name == "ACL" or name.startswith("Grant")
    ]


def test_what_each_method_sends(cloud: Backend) -> None:
    """One request a method, no HEAD before a PUT, and one DeleteObjects for a thousand keys."""
    assert cloud.clients
    key = object_keys.rendition(ID, 320)
    calls_of = {
        "PutObject": lambda: cloud.objects.put(key, b"bytes"),
        "GetObject": lambda: cloud.objects.get(key),
        "HeadObject": lambda: cloud.objects.exists(key),
        "CopyObject": lambda: cloud.objects.copy(key, trashed(key)),
        "ListObjectsV2": lambda: list(cloud.objects.list("photos/")),
        "DeleteObjects": lambda: cloud.objects.delete(f"photos/{n}/1.jpg" for n in range(1000)),
        "HeadBucket": cloud.objects.ping,
    }
    for operation, call in calls_of.items():
        with recorded(cloud.clients) as calls:
            call()
        assert calls.counts == {operation: 1}
    with recorded(cloud.clients) as calls:
        cloud.objects.url(key)
        cloud.objects.delete([])
    assert calls.counts == {}


@pytest.mark.parametrize(
    ("bucket", "region", "endpoint", "media", "expected"),
    [
        ("pics", "us-east-1", None, None, "https://pics.s3.us-east-1.amazonaws.com"),
        ("pics", "eu-west-1", None, None, "https://pics.s3.eu-west-1.amazonaws.com"),
        ("my.pics", "eu-west-1", None, None, "https://s3.eu-west-1.amazonaws.com/my.pics"),
        ("pics", "cn-north-1", None, None, "https://pics.s3.cn-north-1.amazonaws.com.cn"),
        ("pics", "us-gov-west-1", None, None, "https://pics.s3.us-gov-west-1.amazonaws.com"),
        ("pics", "eusc-de-east-1", None, None, "https://pics.s3.eusc-de-east-1.amazonaws.eu"),
        ("pics", "us-iso-east-1", None, None, "https://pics.s3.us-iso-east-1.c2s.ic.gov"),
        ("pics", "us-east-1", "http://127.0.0.1:5000", None, "http://127.0.0.1:5000/pics"),
        (
            "pics",
            "us-east-1",
            "http://127.0.0.1:5000",
            "https://cdn.example.org",
            "https://cdn.example.org",
        ),
        ("my.pics", "us-east-1", None, "https://cdn.example.org/p", "https://cdn.example.org/p"),
    ],
)
def test_where_browsers_read(
    cloud: Backend, bucket: str, region: str, endpoint: str | None, media: str | None, expected: str
) -> None:
    """MEDIA_BASE_URL wins, then the emulator's URL, then the bucket's own URL."""
    client = client_factory.create_clients(region, client_factory.Endpoints(s3=endpoint)).s3
    assert public_base_url(client, bucket, endpoint, media) == expected


def encryption_of(cloud: Backend, key: str) -> str:
    assert cloud.clients
    answer = cloud.clients.s3.head_object(Bucket=BUCKET, Key=key)
    return str(answer.get("ServerSideEncryption"))


def encrypt_with_kms(cloud: Backend) -> None:
    """Make KMS the bucket's default encryption, as organizations do."""
    assert cloud.clients
    rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    cloud.clients.s3.put_bucket_encryption(
        Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )


def test_public_objects_are_never_encrypted_with_kms(cloud: Backend) -> None:
    """Browsers could not read them: uploads and restores name S3's own keys."""
    encrypt_with_kms(cloud)
    cloud.objects.put("photos/a/320.jpg", b"body")
    cloud.objects.copy("photos/a/320.jpg", "trash/a/320.jpg")
    cloud.objects.copy("trash/a/320.jpg", "photos/b/320.jpg")
    cloud.objects.put("records/a.json", b"{}")
    keys = ("photos/a/320.jpg", "trash/a/320.jpg", "photos/b/320.jpg", "records/a.json")
    found = {key.partition("/")[0]: encryption_of(cloud, key) for key in keys}
    assert found == {"photos": "AES256", "trash": "aws:kms", "records": "aws:kms"}


def test_emulators_get_no_encryption_header(cloud: Backend) -> None:
    """Some refuse it."""
    assert cloud.clients
    store = S3Store(cloud.clients.s3, BUCKET, "https://example.org", encrypt=False)
    with recorded(cloud.clients) as calls:
        store.put("photos/a/320.jpg", b"body")
        store.copy("photos/a/320.jpg", "photos/b/320.jpg")
    assert not [params for _, params in calls.made if "ServerSideEncryption" in params]
