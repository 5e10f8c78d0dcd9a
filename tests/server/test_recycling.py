"""gunicorn replaces its workers one at a time, without a pause for visitors."""

import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from tests.server.early_recycling import END, REQUESTS
from tests.server.site import RunningSite

MAX_SECONDS = 1.0
RECENT = 3 * REQUESTS  # responses: as many of one process in a row are no coincidence


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
            response = ask(self.site, "/healthz")
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


def ask(site: RunningSite, path: str) -> HTTPResponse:
    """Return a response whose body is not read yet."""
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=60)
    connection.request("GET", path, headers={"Connection": "close"})
    return connection.getresponse()


def start_long_requests(site: RunningSite) -> dict[str, HTTPResponse]:
    """Return a response of each worker that is not complete, by process."""
    started: dict[str, HTTPResponse] = {}
    while len(started) < 2:
        response = ask(site, "/-long")
        started.setdefault(response.headers["X-Process"], response)
    return started


def test_worker_is_replaced_while_it_answers_a_long_request(tmp_path: Path) -> None:
    """The request is completed, and the other worker answers everything within a second."""
    with RunningSite(tmp_path, "tests.server.early_recycling", WEB_CONCURRENCY="2") as site:
        checks = HealthChecks(site)
        checks.ask_until(lambda: len(set(checks.processes)) == 2)
        long_requests = start_long_requests(site)
        checks.ask_until(lambda: checks.has_one_process)  # the other one accepts no more requests
        remaining = checks.recent
        (tmp_path / END).touch()
        bodies = [response.read() for response in long_requests.values()]
        assert bodies == [b"started done"] * 2
        checks.ask_until(lambda: not checks.recent <= set(long_requests))  # the new worker
        assert remaining < checks.recent  # was not replaced, although it served as many requests
