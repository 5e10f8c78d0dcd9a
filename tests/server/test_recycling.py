"""gunicorn replaces its workers one at a time, without a pause for visitors."""

import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from tests.server.early_recycling import END
from tests.server.site import RunningSite

MAX_SECONDS = 1.0
REQUESTS = 100  # of a worker, before it is replaced
RECENT = 100  # responses: as many of one process in a row are no coincidence


class HealthChecks:
    """Asks `/healthz` again and again, and records which process answered."""

    def __init__(self, site: RunningSite) -> None:
        self.site = site
        self.processes: list[str] = []

    def ask_until(self, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not is_done():
            assert time.monotonic() < deadline
            start = time.monotonic()
            connection = HTTPConnection(urlsplit(self.site.url).netloc, timeout=60)
            connection.request("GET", "/healthz", headers={"Connection": "close"})
            response = connection.getresponse()
            response.read()
            assert time.monotonic() - start < MAX_SECONDS
            self.processes.append(response.headers["X-Process"])

    @property
    def has_one_process(self) -> bool:
        """Whether one process sent all recent responses."""
        return len(self.processes) >= RECENT and len(self.recent) == 1

    @property
    def recent(self) -> set[str]:
        return set(self.processes[-RECENT:])


def connect_to_each_worker(site: RunningSite) -> dict[str, HTTPConnection]:
    """Return a connection to each worker by its process, which answers all requests on it."""
    connections: dict[str, HTTPConnection] = {}
    while len(connections) < 2:
        connection = HTTPConnection(urlsplit(site.url).netloc, timeout=60)
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        response.read()
        if connections.setdefault(response.headers["X-Process"], connection) is not connection:
            connection.close()
    return connections


def start_long_request(connection: HTTPConnection) -> HTTPResponse:
    """Return a response whose body is not complete."""
    connection.request("GET", "/-long", headers={"Connection": "close"})
    return connection.getresponse()


def test_worker_is_replaced_while_it_answers_a_long_request(tmp_path: Path) -> None:
    """The request is completed, and the other worker answers everything within a second."""
    settings = {"WEB_CONCURRENCY": "2", "RECYCLE_AFTER": str(REQUESTS)}
    with RunningSite(tmp_path, "tests.server.early_recycling", **settings) as site:
        connections = connect_to_each_worker(site)
        long_requests = [start_long_request(connection) for connection in connections.values()]
        checks = HealthChecks(site)
        checks.ask_until(lambda: checks.has_one_process)  # the other one accepts no more requests
        remaining = checks.recent
        (tmp_path / END).touch()
        bodies = [response.read() for response in long_requests]
        assert bodies == [b"started done"] * 2
        checks.ask_until(lambda: not checks.recent <= set(connections))  # the new worker
        assert remaining < checks.recent  # was not replaced, although it served as many requests
