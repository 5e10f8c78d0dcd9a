"""All workers of gunicorn count together, also those that have ended."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server.client import get
from tests.server.site import GUNICORN, RunningSite

REQUESTS = 30
_STATE = 2  # its place in /proc/…/stat, without spaces in the program's name


def workers_of(site: RunningSite) -> set[int]:
    pid = site.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return set(map(int, children.split()))


def read(site: RunningSite, path: str) -> str:
    _content_type, body = get(f"{site.url}{path}")
    return body.decode()


def counted(site: RunningSite) -> int:
    """Return the health checks that any worker has answered."""
    pattern = r'shoebox_requests_total{method="GET",route="/healthz",status="2xx"} (\d+)'
    found = re.search(pattern, read(site, "/metrics"))
    return int(found[1]) if found else 0


@contextmanager
def stopped(worker: int) -> Iterator[None]:
    """Let a worker accept no connection within the block."""
    os.kill(worker, signal.SIGSTOP)
    try:
        until(lambda: Path(f"/proc/{worker}/stat").read_text().split()[_STATE] == "T")
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_every_worker_reads_what_all_have_counted(tmp_path: Path) -> None:
    """A worker that replaces another one continues its files. A new start begins at 0."""
    runtime = tmp_path / "run"
    runtime.mkdir()
    settings = {"METRICS": "loopback", "WEB_CONCURRENCY": "2", "RUNTIME_DIRECTORY": str(runtime)}
    with RunningSite(tmp_path, GUNICORN, **settings) as site:
        for number in range(REQUESTS):
            read(site, "/healthz")
            if number % 10 == 0:
                assert counted(site) == number + 1
        before = workers_of(site)
        for worker in before:
            with stopped(worker):
                read(site, "/healthz")  # the other one creates its files, if it has none
        files = {path.name for path in (runtime / "metrics").iterdir()}
        for worker in before:
            os.kill(worker, signal.SIGKILL)
            until(lambda worker=worker: worker not in (now := workers_of(site)) and len(now) == 2)
        for _ in range(REQUESTS):
            read(site, "/healthz")
        assert counted(site) == 2 * REQUESTS + 2
        assert not before & workers_of(site)
        assert {path.name for path in (runtime / "metrics").iterdir()} == files
    with RunningSite(tmp_path, GUNICORN, **settings) as site:
        assert counted(site) == 0
