"""nginx limits, compresses and caches requests and logs no addresses."""

import gzip
import os
import re
import signal
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tests.https.instance import NGINX, Instance
from tests.server.client import multipart
from tests.server.site import RunningSite

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx: apt-get install nginx")
LIMIT = 200  # requests of one address under way


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RunningSite]:
    with RunningSite(tmp_path / "photos", PROXY_HOPS="1") as running:
        yield running


@pytest.fixture
def instance(site: RunningSite, tmp_path: Path) -> Iterator[Instance]:
    made = Instance(tmp_path / "instance", site.url.removeprefix("http://"))
    made.settings()
    made.configure()
    with made.serving():
        yield made


def ask(
    instance: Instance,
    path: str = "/",
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    source: str = "127.0.0.1",
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", instance.http, timeout=30, source_address=(source, 0))
    connection.request(
        "POST" if body else "GET", path, body, {"Connection": "close"} | (headers or {})
    )
    answer = connection.getresponse()
    return answer, answer.read()


def test_slow_senders_do_not_block_others(instance: Instance) -> None:
    """One address may have 200 concurrent requests; others are served."""
    head = b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbeginning"
    slow = [
        socket.create_connection(("127.0.0.1", instance.http), timeout=30) for _ in range(LIMIT)
    ]
    try:
        for phone in slow:
            phone.sendall(head)
        with socket.create_connection(("127.0.0.1", instance.http), timeout=30) as one_more:
            one_more.sendall(head)
            assert one_more.recv(20).startswith(b"HTTP/1.1 429 ")
        assert ask(instance, source="127.0.0.2")[0].status == 200
    finally:
        for phone in slow:
            phone.close()


def test_load_balancer_has_no_connection_limit(instance: Instance) -> None:
    """Behind a load balancer there is no limit per address."""
    common = instance.folder / "etc/nginx/shoebox-site.conf"
    assert "limit_conn " in common.read_text()
    instance.settings(PROXY_HOPS="2")
    instance.configure()
    assert "limit_conn" not in common.read_text()


def test_too_large_form_is_refused_with_the_limit(instance: Instance) -> None:
    answer, text = ask(instance, "/upload", body=multipart(bytes(6 * 2**20)))
    assert answer.status == 413
    assert "more than 5 MB in total" in text.decode()


def test_full_disk_is_a_503_with_a_message(instance: Instance) -> None:
    """If nginx can't store a body, it answers 503 with Retry-After. Pages still work."""
    buffers = instance.folder / "client_body"
    buffers.rmdir()
    buffers.touch()
    answer, text = ask(instance, "/upload", body=multipart(bytes(2**20)))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert "out of space" in text.decode()
    assert ask(instance)[0].status == 200


def test_pages_are_compressed_and_hide_the_version(instance: Instance) -> None:
    answer, page = ask(instance, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(page)
    assert answer.headers["Server"] == "nginx"


def test_static_files_are_cached_for_a_year(instance: Instance, site: RunningSite) -> None:
    """Nginx serves cached files without the app and without cookies."""
    path = re.findall(r'"(/static/[^"]+\.css[^"]*)"', ask(instance)[1].decode())[0]
    first = ask(instance, path)[0]
    assert "max-age=31536000" in first.headers["Cache-Control"]
    assert first.headers["Set-Cookie"] is None
    os.killpg(site.process.pid, signal.SIGSTOP)
    try:
        assert ask(instance, path)[0].status == 200
    finally:
        os.killpg(site.process.pid, signal.SIGCONT)


def test_error_log_contains_no_addresses(instance: Instance, site: RunningSite) -> None:
    """Errors of a stopped app and of malformed requests name no address."""
    site.stop(signal.SIGTERM)
    assert ask(instance, source="127.0.0.2")[0].status == 502
    with socket.create_connection(("127.0.0.1", instance.http), timeout=30) as phone:
        phone.sendall(b"nonsense\r\n\r\n")
        assert phone.recv(20).startswith(b"HTTP/1.1 400 ")
    site.start()
    logs = list((instance.folder / "var/log/nginx").iterdir())
    assert logs
    assert not any("127.0.0" in log.read_text() for log in logs)
