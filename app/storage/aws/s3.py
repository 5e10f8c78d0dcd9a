"""Keep objects in an S3 bucket."""

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote

from botocore.exceptions import ClientError

from app.domain import object_keys
from app.domain.errors import ObjectNotFound, StorageError, StorageRefused
from app.domain.image.processed_image import Body
from app.services.ports import StoredObject
from app.storage.aws.cloudfront import CloudFrontInvalidation
from app.storage.aws.errors import (
    TranslatedStream,
    error_code,
    storage_error,
    translate_errors,
)

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.paginator import ListObjectsV2Paginator

_DELETE_BATCH = 1000  # Amazon S3 API Reference, "DeleteObjects"
_MISSING = {"NoSuchKey", "404"}
# S3's own keys. Anonymous requests can't read objects that are encrypted with KMS, which may be the
# bucket's default (Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys").
PUBLIC_ENCRYPTION = "AES256"


class S3Store:
    """Implement ObjectStore.

    Args:
        client: An S3 client.
        bucket: The name of the bucket.
        base_url: Where browsers read the bucket (see `public_base_url`).
        max_age: Seconds for which caches may keep public objects that are stored from now on.
        cdn: Removes copies of deleted public objects from the CDN.
        encrypt: Whether to name the encryption of public objects; some emulators have none.
        retry_pauses: Seconds before each further attempt to delete objects that S3 was too busy
            to delete.
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        base_url: str,
        *,
        max_age: int = object_keys.MAX_AGE,
        cdn: CloudFrontInvalidation | None = None,
        encrypt: bool = True,
        retry_pauses: Sequence[float] = (),
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._base_url = base_url
        self._max_age = max_age
        self._cdn = cdn
        self._encryption = {"ServerSideEncryption": PUBLIC_ENCRYPTION} if encrypt else {}
        self._retry_pauses = retry_pauses

    def put(self, key: str, body: Body) -> None:
        """Store the object with one PutObject and no ACL. The bucket policy makes it public."""
        if not isinstance(body, bytes):
            body.seek(0)
        with translate_errors():
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                **_headers(key, self._max_age),
                **self._encrypted(key),
            )

    def replace(self, key: str, body: Body) -> None:
        """Store another body, then invalidate the copies of the earlier one."""
        self.put(key, body)
        self._invalidate([key])

    def get(self, key: str) -> bytes:
        """Return the body. Raises ObjectNotFound."""
        with translate_errors():
            return self._get_object(key).read()

    def open(self, key: str, start: int = 0) -> BinaryIO:
        """Return the body from the byte `start` on, as a stream. Raises ObjectNotFound."""
        options: dict[str, Any] = {"Range": f"bytes={start}-"} if start else {}
        with translate_errors():
            # It has the methods of a binary file that reading needs.
            return cast("BinaryIO", TranslatedStream(self._get_object(key, **options)))

    def _get_object(self, key: str, **options: Any) -> "StreamingBody":
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key, **options)["Body"]
        except ClientError as error:
            raise _not_found(key, error) from error

    def exists(self, key: str) -> bool:
        """Return whether the object exists. A 403 is an error: the role lacks a permission."""
        with translate_errors():
            try:
                self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error_code(error) not in _MISSING:
                    raise
                return False
            return True

    def copy(self, source: str, target: str) -> None:
        """Copy the object within S3, with the headers of its new key. Raises ObjectNotFound."""
        with translate_errors():
            try:
                self._client.copy_object(
                    Bucket=self._bucket,
                    Key=target,
                    CopySource={"Bucket": self._bucket, "Key": source},
                    MetadataDirective="REPLACE",
                    **_headers(target, self._max_age),
                    **self._encrypted(target),
                )
            except ClientError as error:
                raise _not_found(source, error) from error

    def delete(self, keys: Iterable[str]) -> None:
        """Delete the objects, 1000 per request. Raises StorageError with the keys that failed."""
        failures = self._try_to_delete(keys)
        for pause in self._retry_pauses:
            transient = [key for key, error in failures.items() if _is_transient(error)]
            if not transient:
                break
            time.sleep(pause)
            failures = {key: failures[key] for key in failures if key not in transient}
            failures |= self._try_to_delete(transient)
        if failures:
            raise _not_deleted(failures)

    def _encrypted(self, key: str) -> dict[str, Any]:
        return self._encryption if key.startswith(object_keys.PUBLIC_PREFIX) else {}

    def _try_to_delete(self, keys: Iterable[str]) -> dict[str, StorageError]:
        """Return the errors of the objects that S3 did not delete, by key."""
        failures: dict[str, StorageError] = {}
        remaining = iter(keys)
        while batch := list(islice(remaining, _DELETE_BATCH)):
            with translate_errors():
                response = self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
                )
            self._invalidate(batch)
            for failure in response.get("Errors", []):
                error = storage_error("DeleteObjects", failure.get("Code", ""))
                failures[failure.get("Key", "")] = error
        return failures

    def _invalidate(self, keys: Iterable[str]) -> None:
        if self._cdn:
            self._cdn.invalidate(key for key in keys if key.startswith(object_keys.PUBLIC_PREFIX))

    @cached_property
    def _list_paginator(self) -> "ListObjectsV2Paginator":
        """The paginator of LISTs, kept because botocore creates a class for each paginator."""
        return self._client.get_paginator("list_objects_v2")

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose key starts with `prefix`, sorted by key, 1000 per request."""
        with translate_errors():
            pages = self._list_paginator.paginate(Bucket=self._bucket, Prefix=prefix)
            for page in pages:
                for found in page.get("Contents", []):
                    yield StoredObject(found["Key"], found["Size"])

    def url(self, key: str) -> str:
        """Return the URL at which browsers read the public object."""
        return f"{self._base_url}/{quote(key)}"

    def ping(self) -> None:
        """Send one HeadBucket. Raises StorageError."""
        with translate_errors():
            self._client.head_bucket(Bucket=self._bucket)


def public_base_url(
    client: "S3Client", bucket: str, endpoint_url: str | None, media_base_url: str | None
) -> str:
    """Return the URL before every public key, without a slash at the end.

    It is that of the CDN, that of the emulator of AWS, or that of the bucket.
    """
    if media_base_url:
        return media_base_url
    if endpoint_url:
        return f"{endpoint_url}/{bucket}"
    endpoint = client.meta.endpoint_url  # of the region; botocore knows the domains of partitions
    # The certificate covers one label before `s3`, so a bucket with dots has to be in the path.
    if "." in bucket:
        return f"{endpoint}/{bucket}"
    return endpoint.replace("://", f"://{bucket}.", 1)


def _headers(key: str, max_age: int) -> dict[str, Any]:
    """Return the headers that S3 stores with the object. Only public objects may be cached."""
    headers = {"ContentType": object_keys.content_type_of(key)}
    if key.startswith(object_keys.PUBLIC_PREFIX):
        headers |= {
            "CacheControl": object_keys.cache_control(key, max_age),
            "ContentDisposition": object_keys.content_disposition(key),
        }
    return headers


def _not_found(key: str, error: ClientError) -> Exception:
    return ObjectNotFound(key) if error_code(error) in _MISSING else error


def _is_transient(error: StorageError) -> bool:
    return not isinstance(error, StorageRefused)


def _not_deleted(failures: dict[str, StorageError]) -> StorageError:
    """Return the error of a DeleteObjects response, whose status is 200 even for failures."""
    errors = list(failures.values())
    refusals = [error for error in errors if not _is_transient(error)]
    error = (refusals or errors)[0]
    return type(error)(f"{error} Not deleted: {', '.join(failures)}.")
