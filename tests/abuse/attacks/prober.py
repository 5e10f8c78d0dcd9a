"""A second client: ask for /healthz and / until stopped, and record how long each takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

PATHS = ("/healthz", "/")
COOKIE = {"Cookie": "visited=1"}  # nginx keeps pages for visitors without one
_PAUSE = 0.05  # seconds between two requests
_TIMEOUT = 30  # seconds


@dataclass
class Measurement:
    """The requests of the second client: the longest of each path, and the failures."""

    requests: int = 0
    longest: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PATHS, 0.0))
    failures: list[str] = field(default_factory=list)


@contextmanager
def measuring(url: str) -> Iterator[Measurement]:
    """Measure the site during the block, from a process of its own."""
    measurement = Measurement()
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_probe, args=(url, theirs))
    process.start()
    ours.recv()  # the first requests were answered
    try:
        yield measurement
    finally:
        ours.send("stop")
        result: Measurement = ours.recv()
        process.join()
        measurement.__dict__.update(result.__dict__)


def _probe(url: str, pipe: Connection) -> None:
    warm_up = Measurement()
    for path in PATHS:
        _ask(url, path, warm_up)
    pipe.send("ready")
    measurement = Measurement()
    while not pipe.poll():
        for path in PATHS:
            _ask(url, path, measurement)
        time.sleep(_PAUSE)
    pipe.send(measurement)


def _ask(url: str, path: str, measurement: Measurement) -> None:
    # The attacker uses all connections that one address may have.
    address = ("127.0.0.2", 0)
    connection = HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT, source_address=address)
    started = time.monotonic()
    try:
        connection.request("GET", path, headers=COOKIE)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            measurement.failures.append(f"{path}: {response.status}")
    except (OSError, HTTPException) as error:
        measurement.failures.append(f"{path}: {error!r}")
    finally:
        connection.close()
    seconds = time.monotonic() - started
    measurement.requests += 1
    measurement.longest[path] = max(measurement.longest[path], seconds)
