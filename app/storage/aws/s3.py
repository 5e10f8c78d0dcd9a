"""Keep objects in an S3 bucket."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from app.domain import object_keys
from app.domain.errors import ObjectNotFound, StorageError, StorageRefused
from app.services.ports import StoredObject
from app.storage.aws.errors import error_code, storage_error, translate_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ErrorTypeDef

_DELETE_BATCH = 1000  # Amazon S3 API Reference, "DeleteObjects"
_IMMUTABLE = "public, max-age=31536000, immutable"
_MISSING = {"NoSuchKey", "404"}


class S3Store:
    """Implement ObjectStore.

    Args:
        client: An S3 client.
        bucket: The name of the bucket.
        base_url: Where browsers read the bucket (see `public_base_url`).
    """

    def __init__(self, client: "S3Client", bucket: str, base_url: str) -> None:
        self._client = client
        self._bucket = bucket
        self._base_url = base_url

    def put(self, key: str, body: bytes) -> None:
        """Store the object with one PutObject and no ACL. The bucket policy makes it public."""
        with translate_errors():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, **_headers(key))

    def get(self, key: str) -> bytes:
        """Return the body. Raises ObjectNotFound."""
        with translate_errors():
            try:
                return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
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
        """Copy the object and its headers within S3. Raises ObjectNotFound."""
        with translate_errors():
            try:
                self._client.copy_object(
                    Bucket=self._bucket,
                    Key=target,
                    CopySource={"Bucket": self._bucket, "Key": source},
                )
            except ClientError as error:
                raise _not_found(source, error) from error

    def delete(self, keys: Iterable[str]) -> None:
        """Delete the objects, 1000 per request. Raises StorageError with the keys that failed."""
        failures: list[ErrorTypeDef] = []
        remaining = iter(keys)
        while batch := list(islice(remaining, _DELETE_BATCH)):
            with translate_errors():
                response = self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
                )
            failures += response.get("Errors", [])
        if failures:
            raise _not_deleted(failures)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose key starts with `prefix`, sorted by key, 1000 per request."""
        with translate_errors():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
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
    bucket: str, region: str, endpoint_url: str | None, media_base_url: str | None
) -> str:
    """Return the URL before every public key, without a slash at the end.

    It is that of the CDN, that of the emulator of AWS, or that of the bucket.
    """
    if media_base_url:
        return media_base_url.rstrip("/")
    if endpoint_url:
        return f"{endpoint_url.rstrip('/')}/{bucket}"
    host = f"s3.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
    # The certificate covers one label before `s3`, so a bucket with dots has to be in the path.
    return f"https://{host}/{bucket}" if "." in bucket else f"https://{bucket}.{host}"


def _headers(key: str) -> dict[str, Any]:
    """Return the headers that S3 stores with the object. Only public objects may be cached."""
    headers = {"ContentType": object_keys.content_type_of(key)}
    if key.startswith(object_keys.PUBLIC_PREFIX):
        headers |= {
            "CacheControl": _IMMUTABLE,
            "ContentDisposition": object_keys.content_disposition(key),
        }
    return headers


def _not_found(key: str, error: ClientError) -> Exception:
    return ObjectNotFound(key) if error_code(error) in _MISSING else error


def _not_deleted(failures: "list[ErrorTypeDef]") -> StorageError:
    """Return the error of a DeleteObjects response, whose status is 200 even for failures."""
    errors = [storage_error("DeleteObjects", failure.get("Code", "")) for failure in failures]
    refusals = [error for error in errors if isinstance(error, StorageRefused)]
    error = (refusals or errors)[0]
    keys = ", ".join(failure.get("Key", "") for failure in failures)
    return type(error)(f"{error} Not deleted: {keys}.")
