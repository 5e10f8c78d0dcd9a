"""Send the checksum of a deletion as every object store accepts it."""

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING

from botocore.awsrequest import AWSRequest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NEW_HEADERS = ("x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm")


def send_md5(client: "S3Client") -> None:
    """Let the client send Content-MD5 with DeleteObjects, instead of a CRC-32.

    A checksum is required there. botocore sends a CRC-32 since version 1.36, which stores refuse
    that require Content-MD5, such as MinIO's of that time. S3 has always accepted Content-MD5.
    """
    client.meta.events.register("before-sign.s3.DeleteObjects", _replace_checksum)


def _replace_checksum(request: AWSRequest, **_: object) -> None:
    for name in _NEW_HEADERS:
        del request.headers[name]
    body = request.body or b""
    sent = body.encode() if isinstance(body, str) else body
    digest = hashlib.md5(sent, usedforsecurity=False).digest()
    request.headers["Content-MD5"] = b64encode(digest).decode()
