"""The servers log neither addresses of visitors nor paths, also of requests they cannot read."""

import logging
import re
import runpy
import socket
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

from app.config import ConfigError
from app.http_server import serve
from app.maintenance.operations.old_keys import OldKeys
from tests.backends import REGION
from tests.http_server.live_server import exchange, live_server
from tests.server.gunicorn_site import SETTINGS
from tests.server.site import GUNICORN, RunningSite

SECRET = "mina-1234567"
PATH = f"/join/{SECRET}"
MALFORMED = [
    f"GET {PATH} HTTP/9.9\r\n\r\n",
    f"G@T {PATH} HTTP/1.1\r\n\r\n",
    f"GET {PATH}\r\n\r\n",
    f"GET {PATH} HTTP/1.1\r\n{SECRET}\r\n\r\n",
    f"GET {PATH} HTTP/1.1\r\n{SECRET}[]: x\r\n\r\n",
    f"GET {PATH} HTTP/1.1\r\nHost: a\r\n {SECRET}\r\n\r\n",
    f"POST {PATH} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {SECRET}\r\n\r\n",
    f"POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: {SECRET}\r\n\r\n",
    f"GET /{SECRET}{'x' * 40_000} HTTP/1.1\r\n\r\n",
    f"GET {PATH} HTTP/1.1\r\nHost: [{SECRET}\r\n\r\n",
    f"GET http://[{SECRET}{PATH} HTTP/1.1\r\nHost: a\r\n\r\n",
]


def send(url: str, request: str) -> None:
    """Send a request; the server may refuse it and close the connection before it has all."""
    address = urlsplit(url)
    with (
        socket.create_connection((address.hostname, address.port), timeout=60) as client,
        suppress(OSError),
    ):
        client.sendall(request.encode())
        client.shutdown(socket.SHUT_WR)
        client.recv(1000)


@pytest.mark.parametrize("module", ["app", GUNICORN])
def test_no_line_quotes_a_malformed_request(tmp_path: Path, module: str) -> None:
    with RunningSite(tmp_path, module, REQUEST_LOG="yes", PROXY_HOPS="1") as site:
        for request in MALFORMED:
            send(site.url, request)
    lines = [line for line in site.lines if not line.startswith("Shoebox is at")]
    assert [line for line in lines if SECRET in line or "127.0.0.1" in line] == []


def fail(*_: object) -> NoReturn:
    raise RuntimeError("the app failed")


def test_waitress_names_no_path_of_a_request_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    serve._log_errors()
    with live_server(fail) as server:
        exchange(server, f"GET {PATH} HTTP/1.0\r\n\r\n".encode())
    assert "Exception while serving a request" in caplog.text
    assert "the app failed" in caplog.text
    assert SECRET not in caplog.text


def test_gunicorn_names_no_path_of_a_request_that_fails(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PHOTO_BUCKET", raising=False)
    logger = logging.getLogger("test of gunicorn")
    settings: dict[str, Any] = runpy.run_path(str(SETTINGS))
    settings["on_starting"](SimpleNamespace(log=SimpleNamespace(error_log=logger)))
    logger.error("Error handling request %s %s", "GET", PATH)
    logger.error("Worker (pid:%s) was sent SIGKILL!", 1)
    assert [record.getMessage() for record in caplog.records] == [
        "Error handling request",
        "Worker (pid:1) was sent SIGKILL!",
    ]


@pytest.mark.parametrize("error", [OldKeys(), ConfigError({"PORT": "no"}), RuntimeError("no")])
def test_gunicorn_logs_no_traceback_if_the_app_refuses_to_start(
    error: Exception, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints the reason itself. A fault of the app has a traceback."""
    monkeypatch.delenv("PHOTO_BUCKET", raising=False)
    logger = logging.getLogger("test of the start of gunicorn")
    settings: dict[str, Any] = runpy.run_path(str(SETTINGS))
    settings["on_starting"](SimpleNamespace(log=SimpleNamespace(error_log=logger)))
    logger.error("Exception in worker process", exc_info=error)
    assert ("RuntimeError" in caplog.text) is isinstance(error, RuntimeError)
    assert bool(caplog.records[0].exc_info) is isinstance(error, RuntimeError)


LINE = re.compile(r"[0-9-]{10}T[0-9:.]{12}Z (INFO|WARNING|ERROR) [\w.]+ \[- task\]: ")


@pytest.mark.parametrize("module", ["app", GUNICORN])
def test_lines_of_the_start_have_time_level_id_and_role(tmp_path: Path, module: str) -> None:
    """Also those of the checks before the site serves: here, its bucket is unreachable."""
    with RunningSite(tmp_path):  # makes the catalog
        pass
    bucket = {
        "PHOTO_BUCKET": "photos",
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    }
    with RunningSite(tmp_path, module, **bucket) as site:
        pass
    begin = next(line for line in site.lines if "it is not known whether hidden photos" in line)
    assert LINE.match(begin)
    first = next(line for line in site.lines if not line.startswith("Shoebox is at"))
    assert LINE.match(first)
