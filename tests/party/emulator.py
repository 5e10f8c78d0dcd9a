"""S3 and DynamoDB by moto in a process of its own, one call at a time: `python -m ….emulator`.

moto loses concurrent updates.
"""

import logging
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import DomainDispatcherApplication, create_backend_app
from waitress import serve

from tests.moto_overhead import reduced_overhead
from tests.server.site import ROOT, free_port

_HOST = "127.0.0.1"


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Start the emulator, and yield the settings of a site that uses it."""
    port = free_port()
    url = f"http://{_HOST}:{port}"
    process = subprocess.Popen([sys.executable, "-m", __name__, str(port)], cwd=ROOT)
    try:
        _await(url)
        yield {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-west-1",
            "PHOTO_BUCKET": "shoebox-party",
            "PHOTO_TABLE": "photos",
            "SECRET_KEY": "a secret for tests alone",
        }
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
    """Serve until the process ends. One thread calls moto."""
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it logs each call that waits
    with reduced_overhead():
        app = DomainDispatcherApplication(create_backend_app)
        serve(app, host=_HOST, port=int(sys.argv[1]), threads=1, connection_limit=1000)


if __name__ == "__main__":
    main()
