"""Errors of S3 inside a 200, and a bucket that is missing."""

import pytest

from app.domain.errors import ObjectNotFound, StorageRefused, StorageUnavailable
from app.storage.aws.s3 import S3Store
from tests.backends import BUCKET, Backend
from tests.storage.aws_calls import answered, s3_answer


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
