"""An HTTP server of moto in this process, for sites and commands in other processes."""

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

from tests.aws.moto_overhead import reduced_overhead
from tests.server.site import free_port

_HOST = "127.0.0.1"


@contextmanager
def moto_server() -> Iterator[str]:
    """Serve moto without the data of earlier tests of this process, and yield its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no log of the requests
    server = ThreadedMotoServer(_HOST, free_port(), verbose=False)
    with reduced_overhead():
        server.start()
        try:
            url = "http://{}:{}".format(*server.get_host_and_port())
            _reset(url)
            yield url
        finally:
            server.stop()


def _reset(url: str) -> None:
    reset = urllib.request.Request(f"{url}/moto-api/reset", method="POST")  # noqa: S310  loopback
    urllib.request.urlopen(reset, timeout=60).close()  # noqa: S310  loopback
