"""Send the checksum of a deletion in the form that every object store accepts."""

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING

from botocore.awsrequest import AWSRequest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NEW_HEADERS = ("x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm")


def send_md5(client: "S3Client") -> None:
    """Let the client send Content-MD5 with DeleteObjects, instead of a CRC-32.

    DeleteObjects requires a checksum. Since version 1.36, botocore sends a CRC-32. Stores that
    require Content-MD5, such as MinIO of that time, reject it. S3 has always accepted Content-MD5.
    """
    client.meta.events.register("before-sign.s3.DeleteObjects", _replace_checksum)


def _replace_checksum(request: AWSRequest, **_: object) -> None:
    for name in _NEW_HEADERS:
        del request.headers[name]
    body = request.body or b""
    sent = body.encode() if isinstance(body, str) else body
    digest = hashlib.md5(sent, usedforsecurity=False).digest()
    request.headers["Content-MD5"] = b64encode(digest).decode()
