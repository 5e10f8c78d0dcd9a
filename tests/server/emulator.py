"""An emulator of AWS in this process, for sites and commands of tests."""

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

from tests.aws.moto_overhead import reduced_overhead
from tests.server.client import run_command
from tests.server.site import free_port
from tools import aws_emulator


@contextmanager
def provisioned_emulator() -> Iterator[dict[str, str]]:
    """Run moto with the resources of a site, as `make run-aws` does; yield the site's settings."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no log of the requests
    server = ThreadedMotoServer(aws_emulator.HOST, free_port(), verbose=False)
    with reduced_overhead():
        server.start()
        try:
            url = "http://{}:{}".format(*server.get_host_and_port())
            _reset(url)
            settings = aws_emulator.SETTINGS | {"AWS_ENDPOINT_URL": url}
            run_command("provision", **settings)
            yield settings
        finally:
            server.stop()


def _reset(url: str) -> None:
    """Remove the data that earlier tests of this process have stored in moto."""
    reset = urllib.request.Request(f"{url}/moto-api/reset", method="POST")  # noqa: S310  loopback
    urllib.request.urlopen(reset, timeout=60).close()  # noqa: S310  loopback
