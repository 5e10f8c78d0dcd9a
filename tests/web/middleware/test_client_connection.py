"""Whether the client of a request still waits."""

import socket

from flask import Flask

from app.web.middleware.client_connection import (
    connection_closer,
    is_client_connected,
    limit_unsent_bytes,
)


def is_connected(sock: socket.socket) -> bool:
    environ = {"gunicorn.socket": sock}
    with Flask("test").test_request_context("/", environ_overrides=environ):
        return is_client_connected()


def test_a_closed_connection_is_noticed() -> None:
    """A client that waits, or has sent its next request already, is connected."""
    client, server = socket.socketpair()
    with server:
        with client:
            assert is_connected(server)
            client.sendall(b"GET /")
            assert is_connected(server)
            server.recv(5)
        assert not is_connected(server)


def test_a_broken_connection_is_noticed() -> None:
    """An error of the socket means that no one waits."""
    client, server = socket.socketpair()
    client.close()
    server.close()
    assert not is_connected(server)


def test_without_a_socket_the_client_counts_as_connected() -> None:
    """Other servers show no connection."""
    with Flask("test").test_request_context("/"):
        assert is_client_connected()


def test_a_connection_can_be_closed_by_another_thread() -> None:
    """The client sees the end, also if it has not read everything."""
    client, server = socket.socketpair()
    environ = {"gunicorn.socket": server}
    with client, server:
        with Flask("test").test_request_context("/", environ_overrides=environ):
            limit_unsent_bytes()
            close = connection_closer()
        server.sendall(b"part")
        close()
        close()
        assert client.recv(10) == b"part"
        assert client.recv(10) == b""


def test_without_a_socket_nothing_is_closed() -> None:
    with Flask("test").test_request_context("/"):
        connection_closer()()
