"""Read the photos of a private bucket for browsers, or sign URLs that read them."""

import re
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from botocore.exceptions import ClientError

from app.domain.errors import ObjectNotFound
from app.services.media.source import MediaFile, SignedUrl, UnsatisfiableRange
from app.storage.aws.errors import TranslatedStream, error_code, http_status, translate_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

# Seconds. Browsers cache a redirect to the URL for half of this time, so an open page can read its
# photos for at least the other half (app/web/pages/media/store_media.py).
SIGNED_SECONDS = 2 * 60 * 60
# A URL that is signed with temporary credentials expires with them. botocore replaces credentials
# that are valid for only ten more minutes (botocore/credentials.py).
TEMPORARY_SECONDS = 10 * 60

_NOT_MODIFIED = 304
_NOT_FOUND = 404
_UNSATISFIABLE = 416


class S3Media:
    """Implement MediaSource.

    Args:
        client: An S3 client.
        bucket: The name of the bucket.
        origin_url: The URL of the bucket, with which signed URLs begin.
    """

    def __init__(self, client: "S3Client", bucket: str, origin_url: str) -> None:
        self._client = client
        self._bucket = bucket
        self.origin_url = origin_url

    def signed_url(self, key: str, *, head: bool = False) -> SignedUrl:
        """Return a URL that expires after SIGNED_SECONDS, or with its credentials. Send nothing."""
        with translate_errors():
            url = self._client.generate_presigned_url(
                "head_object" if head else "get_object",
                Params={"Bucket": self._bucket, "Key": key},
                ExpiresIn=SIGNED_SECONDS,
            )
        is_temporary = "&X-Amz-Security-Token=" in url
        return SignedUrl(url, TEMPORARY_SECONDS if is_temporary else SIGNED_SECONDS)

    def read(
        self, key: str, *, byte_range: str | None = None, known_etag: str | None = None
    ) -> MediaFile:
        """Send one GetObject with the browser's conditions."""
        conditions = {"Range": byte_range, "IfNoneMatch": known_etag}
        options: dict[str, Any] = {name: value for name, value in conditions.items() if value}
        with translate_errors():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key, **options)
            except ClientError as error:
                return _without_body(key, error)
            return _with_body(answer)


def _with_body(answer: "GetObjectOutputTypeDef") -> MediaFile:
    # It has the methods of a binary file that readers use.
    body = cast("BinaryIO", TranslatedStream(answer["Body"]))
    return MediaFile(
        body,
        answer["ContentLength"],
        answer["ETag"],
        answer["LastModified"],
        answer.get("ContentRange"),
    )


def _without_body(key: str, error: ClientError) -> MediaFile:
    """Return the object without a body if the browser has it, or raise the translated error."""
    status = http_status(error)
    if status == _NOT_MODIFIED:
        headers: dict[str, Any] = dict(error.response["ResponseMetadata"]["HTTPHeaders"])
        return MediaFile(None, 0, headers.get("etag", ""), None)
    if status == _UNSATISFIABLE:
        raise UnsatisfiableRange(key, _actual_size(error)) from error
    if status == _NOT_FOUND and error_code(error) != "NoSuchBucket":
        raise ObjectNotFound(key) from error
    raise error


def _actual_size(error: ClientError) -> int | None:
    """Return the size of an object that is shorter than the range, if the store states it."""
    answer: dict[str, Any] = dict(error.response)
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    in_header = headers.get("content-range", "").removeprefix("bytes */")
    size = answer["Error"].get("ActualObjectSize") or in_header
    return int(size) if re.fullmatch(r"\d{1,15}", str(size), re.ASCII) else None
