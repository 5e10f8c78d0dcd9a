"""Releases of this tree, uploaded to a bucket for the machine to download."""

import gzip
import hashlib
import io
import subprocess
import tarfile
from typing import Any

import boto3

from tests.boot.fake_aws import AWS, KEY_ID
from tests.boot.image import ROOT

BUCKET = "releases"


def client(service: str) -> Any:
    """Return an S3 client with the machine's role."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name="us-east-1",
        endpoint_url=f"http://{AWS}",
        aws_access_key_id=KEY_ID,
        aws_secret_access_key="secret",
        aws_session_token="token",
    )


def release(name: str, **changed: str) -> dict[str, str]:
    """Upload a tarball of the tree with `changed` files and return the settings for it."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in names:
            if not (ROOT / path).is_file():
                continue
            info = tar.gettarinfo(ROOT / path, f"shoebox/{path}")
            body = changed[path].encode() if path in changed else (ROOT / path).read_bytes()
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    body = gzip.compress(packed.getvalue(), mtime=0)
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=name, Body=body)
    return {
        "SOURCE_URL": f"s3://{BUCKET}/{name}",
        "SOURCE_SHA256": hashlib.sha256(body).hexdigest(),
    }
