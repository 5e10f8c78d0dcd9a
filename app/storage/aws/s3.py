"""Objects in an S3 bucket."""

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

_DELETE_BATCH = 1000  # what one DeleteObjects takes
_FOREVER = "public, max-age=31536000, immutable"
_MISSING = {"NoSuchKey", "404"}


class S3Store:
    """The ObjectStore of the AWS home. `base_url` is where browsers read the bucket: see `public_base_url`."""

    def __init__(self, client: "S3Client", bucket: str, base_url: str) -> None:
        self._client = client
        self._bucket = bucket
        self._base_url = base_url

    def put(self, key: str, body: bytes) -> None:
        """One PutObject, without an ACL: what is public is the bucket policy's business."""
        with translate_errors():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, **_headers(key))

    def get(self, key: str) -> bytes:
        """The object's body. Raises ObjectNotFound."""
        with translate_errors():
            try:
                return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except ClientError as error:
                raise _not_found(key, error) from error

    def exists(self, key: str) -> bool:
        """Whether there is an object under `key`; 403 is a permission that is missing, not an answer."""
        with translate_errors():
            try:
                self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error_code(error) not in _MISSING:
                    raise
                return False
            return True

    def copy(self, source: str, target: str) -> None:
        """Copy within S3, its headers with it. Raises ObjectNotFound."""
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
        """Remove the objects, a thousand at a time; raises StorageError naming those that stay."""
        failures: list[ErrorTypeDef] = []
        rest = iter(keys)
        while batch := list(islice(rest, _DELETE_BATCH)):
            with translate_errors():
                answer = self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
                )
            failures += answer.get("Errors", [])
        if failures:
            raise _not_deleted(failures)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Every object whose key starts with `prefix`, in the order of keys, a thousand at a time."""
        with translate_errors():
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix
            ):
                for found in page.get("Contents", []):
                    yield StoredObject(found["Key"], found["Size"])

    def url(self, key: str) -> str:
        """Where a browser reads the public object `key`."""
        return f"{self._base_url}/{quote(key)}"

    def ping(self) -> None:
        """Return when the bucket answers, else raise StorageError."""
        with translate_errors():
            self._client.head_bucket(Bucket=self._bucket)


def public_base_url(
    bucket: str, region: str, endpoint_url: str | None, media_base_url: str | None
) -> str:
    """The address before every public key: the CDN's, the stand-in's, or the bucket's own. No slash at the end."""
    if media_base_url:
        return media_base_url.rstrip("/")
    if endpoint_url:
        return f"{endpoint_url.rstrip('/')}/{bucket}"
    host = f"s3.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
    # The certificate covers one name before `s3`, so a bucket with dots has to be in the path.
    return f"https://{host}/{bucket}" if "." in bucket else f"https://{bucket}.{host}"


def _headers(key: str) -> dict[str, Any]:
    """What S3 keeps beside the object and sends with it; only public objects may be cached by others."""
    headers = {"ContentType": object_keys.content_type_of(key)}
    if key.startswith(object_keys.PUBLIC_PREFIX):
        headers |= {
            "CacheControl": _FOREVER,
            "ContentDisposition": object_keys.content_disposition(key),
        }
    return headers


def _not_found(key: str, error: ClientError) -> Exception:
    return ObjectNotFound(key) if error_code(error) in _MISSING else error


def _not_deleted(failures: "list[ErrorTypeDef]") -> StorageError:
    """DeleteObjects answers 200 even when it deleted nothing; refused is what only the operator can mend."""
    errors = [storage_error("DeleteObjects", failure.get("Code", "")) for failure in failures]
    error = next((error for error in errors if isinstance(error, StorageRefused)), errors[0])
    stayed = ", ".join(failure.get("Key", "") for failure in failures)
    return type(error)(f"{error} Not deleted: {stayed}.")
