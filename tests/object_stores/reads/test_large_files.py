"""Large files that clients do not read take bounded space.

Covers app.web.pages.media.large_files, app.web.pages.media.unsent_space.
"""

import os
import threading
from contextlib import ExitStack

import pytest
from flask import Flask

from app.web.pages.media import large_files, unsent_space
from tests.backends import Backend
from tests.http_server.clients import until
from tests.http_server.live_server import connect, exchange, live_server
from tests.object_stores.reads.markers import through_app
from tests.visitor import Visitor

pytestmark = [pytest.mark.exhaustive("object stores"), pytest.mark.usefixtures("private_bucket")]


@through_app
def test_few_large_files_are_sent_at_once(
    visitor: Visitor, key: str, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server would store those that clients do not read. A finished one makes room."""
    monkeypatch.setattr(large_files, "MAX_STORED", 10)
    monkeypatch.setattr(large_files, "MAX_UNCOUNTED", 10)
    path, body = f"/media/{key}", backend.objects.get(key)
    unread = [visitor.client.get(path) for _ in range(large_files.MAX_FILES_PER_ADDRESS)]
    assert [answer.status_code for answer in unread] == [200, 200]
    assert visitor.get(path).status_code == 503
    assert visitor.get(path, headers={"Range": "bytes=0-9"}).data == body[:10]
    for answer in unread:
        assert answer.data == body
        answer.close()
    for _ in range(large_files.MAX_FILES + 1):
        assert visitor.get(path).data == body


@through_app
def test_head_of_a_large_file_leaves_nothing_behind(
    visitor: Visitor, key: str, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No thread closes the connection later, and any number may be asked about."""
    monkeypatch.setattr(large_files, "MAX_STORED", 10)
    monkeypatch.setattr(large_files, "MAX_UNCOUNTED", 10)
    before = threading.active_count()
    answers = [visitor.client.open(f"/media/{key}", method="HEAD") for _ in range(5)]
    size = str(len(backend.objects.get(key)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert {answer.headers["Content-Length"] for answer in answers} == {size}
    assert threading.active_count() == before


@pytest.mark.parametrize("endpoint", ["moto"], indirect=True)
@through_app
def test_files_that_clients_do_not_read_take_bounded_space(
    app: Flask, key: str, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked for, by whom. Small files are sent all the same."""
    body = os.urandom(8_000_000)
    backend.objects.put(key, body)
    monkeypatch.setattr(unsent_space, "MAX_UNSENT", 30_000_000)
    monkeypatch.setattr(unsent_space, "MAX_UNSENT_PER_ADDRESS", 20_000_000)
    get = f"GET /media/{key} HTTP/1.1\r\nHost: localhost\r\n"
    with live_server(app) as server, ExitStack() as clients:
        for number in range(20):
            client = clients.enter_context(connect(server, f"127.0.0.{number % 4 + 1}"))
            client.sendall(f"{get}\r\n".encode())
            assert client.recv(9) == b"HTTP/1.1 "
        until(lambda: sum(bool(c.requests) for c in server.connections) <= large_files.MAX_FILES)
        assert sum(c.total_outbufs_len for c in server.connections) <= 31_000_000
        part = f"{get}Range: bytes=0-9\r\nConnection: close\r\n\r\n"
        assert exchange(server, part.encode()).endswith(body[:10])
        clients.close()
        until(lambda: not server.connections)
