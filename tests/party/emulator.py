"""The emulators of AWS: ministack for DynamoDB, one call at a time, and SeaweedFS for S3.

Both take a small part of the processor time and the memory that moto takes. moto stands in for them
where they are not installed: `python -m tests.party.emulator PORT`. Like moto, ministack loses
updates of concurrent calls.
"""

import logging
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from moto.server import DomainDispatcherApplication, create_backend_app
from waitress import serve

from tests.aws.moto_overhead import reduced_overhead
from tests.backends import BUCKET
from tests.object_stores.seaweedfs import KEY, PROGRAM, SECRET, seaweedfs
from tests.provisioning.ministack import MinistackMissing, run_ministack
from tests.server.site import ROOT, free_port

_HOST = "127.0.0.1"
MINISTACK_PROGRAM = (str(Path(__file__).with_name("ministack_queries.py")),)
MINISTACK_SETTINGS = {"AUTH": "false", "MINISTACK_WORKER_THREADS": "1", "LOG_LEVEL": "ERROR"}
_SETTINGS = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": "",  # SeaweedFS refuses the one that other tests have set
    "AWS_REGION": "eu-west-1",
    "PHOTO_BUCKET": BUCKET,
    "PHOTO_TABLE": "photos",
    "SECRET_KEY": "a secret for tests alone",
}


@contextmanager
def running(folder: Path) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Start the emulators, and yield the settings for `provision` and those for the site.

    Args:
        folder: An empty folder.
    """
    with ExitStack() as emulators:
        settings = _SETTINGS | {"AWS_ENDPOINT_URL": _enter_dynamodb(emulators, folder)}
        if PROGRAM is None:
            yield settings, settings
        else:
            url = emulators.enter_context(seaweedfs(folder))  # its bucket exists
            yield settings, settings | {"AWS_ENDPOINT_URL_S3": url}


def _enter_dynamodb(emulators: ExitStack, folder: Path) -> str:
    """Start ministack, or moto, until the block ends, and return the URL."""
    try:
        return emulators.enter_context(
            run_ministack(folder, MINISTACK_PROGRAM, **MINISTACK_SETTINGS)
        ).url
    except MinistackMissing:
        return emulators.enter_context(_moto())


@contextmanager
def _moto() -> Iterator[str]:
    """Run moto in a process of its own."""
    port = free_port()
    url = f"http://{_HOST}:{port}"
    process = subprocess.Popen([sys.executable, "-m", __name__, str(port)], cwd=ROOT)
    try:
        _await(url)
        yield url
    finally:
        process.kill()  # it has nothing to keep
        process.wait()


def _await(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/moto-api/", timeout=5):  # noqa: S310  loopback
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def main() -> None:
    """Serve moto until the process ends. One thread calls it."""
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it logs each call that waits
    with reduced_overhead():
        app = DomainDispatcherApplication(create_backend_app)
        serve(app, host=_HOST, port=int(sys.argv[1]), threads=1, connection_limit=1000)


if __name__ == "__main__":
    main()
