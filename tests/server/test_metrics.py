"""All workers of gunicorn count together, also those that have ended."""

import os
import re
import signal
import time
from pathlib import Path

from tests.server.client import get
from tests.server.site import GUNICORN, RunningSite

REQUESTS = 30


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
        files = {path.name for path in (runtime / "metrics").iterdir()}
        for worker in before:
            os.kill(worker, signal.SIGKILL)
            deadline = time.monotonic() + 60
            while worker in workers_of(site) or len(workers_of(site)) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        for _ in range(REQUESTS):
            read(site, "/healthz")
        assert counted(site) == 2 * REQUESTS
        assert not before & workers_of(site)
        assert {path.name for path in (runtime / "metrics").iterdir()} == files
    with RunningSite(tmp_path, GUNICORN, **settings) as site:
        assert counted(site) == 0
