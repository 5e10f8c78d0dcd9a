"""The image starts the server, and its health check asks it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.container.files import ROOT, instructions

HEALTHCHECK = ROOT / "deploy" / "container" / "healthcheck.py"


def test_the_image_starts_the_server_itself() -> None:
    """A shell in between would not pass on SIGTERM."""
    (command,) = map(json.loads, instructions("CMD"))
    assert command == ["python", "-m", "app"]
    (check,) = instructions("HEALTHCHECK")
    assert json.loads(check.partition("CMD ")[2])[1] == str(HEALTHCHECK.relative_to(ROOT))


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_fails_unless_the_site_is_healthy(status: int, code: int) -> None:
    with _server(status) as port:
        assert _check_health(PORT=str(port), SCRIPT_NAME="/pictures") == code


def test_the_health_check_fails_if_nothing_listens() -> None:
    with _server(200) as port:
        pass
    assert _check_health(PORT=str(port)) == 1


def _check_health(**settings: str) -> int:
    done = subprocess.run([sys.executable, HEALTHCHECK], env=settings, check=False)
    return done.returncode


@contextmanager
def _server(status: int) -> Iterator[int]:
    """Answer every request for the health page with `status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path.endswith("/healthz") else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
