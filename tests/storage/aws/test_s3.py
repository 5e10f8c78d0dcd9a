"""S3's own properties: headers, addresses, and errors inside a 200."""

from typing import TYPE_CHECKING, Any

import pytest

from app.domain import object_keys
from app.domain.errors import ObjectNotFound, StorageRefused, StorageUnavailable
from app.domain.object_keys import MAX_AGE_IN_SHARED_CACHES
from app.domain.photo_summary import PhotoState
from app.storage.aws import client_factory
from app.storage.aws.s3 import S3Store, public_base_url
from tests.backends import BUCKET, Backend
from tests.storage.aws_calls import answered, recorded, s3_answer

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


def deleted_with(*errors: tuple[str, str]) -> str:
    """S3's answer to DeleteObjects, which is a 200 whatever is in it."""
    items = [
        f"<Error><Key>{key}</Key><Code>{code}</Code><Message>no</Message></Error>"
        for key, code in errors
    ]
    return f"<DeleteResult>{''.join(items)}</DeleteResult>"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("InternalError", "SlowDown"), StorageUnavailable),
        (("AccessDenied", "AccessDenied"), StorageRefused),
        (("InternalError", "AccessDenied"), StorageRefused),
    ],
)
def test_deletes_that_fail_inside_a_200(
    cloud: Backend, codes: tuple[str, str], expected: type[Exception]
) -> None:
    """StorageError names the keys in Errors, and the other batches are still sent."""
    assert cloud.clients
    stay = ("photos/a/320.jpg", "photos/b/320.jpg")
    for key in (*stay, "photos/last/1.jpg"):
        cloud.objects.put(key, b"")
    batches = [*stay, *(f"photos/{n}/1.jpg" for n in range(998)), "photos/last/1.jpg"]
    failed = s3_answer(deleted_with(*zip(stay, codes, strict=True)))
    with (
        answered(cloud.clients, "DeleteObjects", failed, lambda: None) as attempts,
        pytest.raises(expected) as error,
    ):
        cloud.objects.delete(batches)
    assert all(key in str(error.value) for key in stay)
    assert len(attempts) == 2
    assert not cloud.objects.exists("photos/last/1.jpg")


def test_a_copy_that_fails_inside_a_200(cloud: Backend, no_pauses: None) -> None:
    """S3 may send 200 and fail while it copies: that is StorageUnavailable, after trying again."""
    assert cloud.clients
    cloud.objects.put("photos/a/320.jpg", b"")
    failed = s3_answer("<Error><Code>InternalError</Code><Message>no</Message></Error>")
    with (
        answered(cloud.clients, "CopyObject", failed) as attempts,
        pytest.raises(StorageUnavailable),
    ):
        cloud.objects.copy("photos/a/320.jpg", "trash/a/320.jpg")
    assert len(attempts) == 3


def test_a_missing_bucket_is_no_missing_object(cloud: Backend) -> None:
    """A wrong PHOTO_BUCKET is refused by name, never taken for an empty gallery."""
    assert cloud.clients
    elsewhere = S3Store(cloud.clients.s3, "no-such-bucket", "https://example.org")
    for call in (
        lambda: elsewhere.put("photos/a/320.jpg", b""),
        lambda: elsewhere.get("photos/a/320.jpg"),
        lambda: elsewhere.delete(["photos/a/320.jpg"]),
        lambda: list(elsewhere.list("photos/")),
        elsewhere.ping,
    ):
        with pytest.raises(StorageRefused, match="PHOTO_BUCKET") as error:
            call()
        assert not isinstance(error.value, ObjectNotFound)


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


def test_commands_delete_again_what_s3_was_too_busy_for(cloud: Backend) -> None:
    """Only objects that failed are sent again."""
    assert cloud.clients
    store = S3Store(cloud.clients.s3, BUCKET, "https://example.org", retry_pauses=(0.0, 0.0))
    keys = ["photos/a/320.jpg", "photos/b/320.jpg"]
    for key in keys:
        store.put(key, b"")
    busy = s3_answer(deleted_with((keys[0], "SlowDown")))
    with answered(cloud.clients, "DeleteObjects", busy, lambda: None) as attempts:
        store.delete(keys)
    assert len(attempts) == 2
    assert not store.exists(keys[0])
