"""Certify an instance for a domain, and send requests for it."""

import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection

import pytest

from app.services.operations.machine import Machine, read_machine
from tests.https.authority import PROGRAMS, Authority
from tests.https.instance import NGINX, Instance, eventually
from tests.server.site import free_port

DOMAIN = "photos.example.org"
NEEDS_PROGRAMS = pytest.mark.skipif(
    NGINX is None or any(shutil.which(program) is None for program in PROGRAMS),
    reason="needs nginx and pebble: apt-get install nginx pebble",
)


@contextmanager
def authority(
    instance: Instance, resolves_to: str = "127.0.0.1", **options: int
) -> Iterator[Authority]:
    folder = instance.folder / "authority"
    folder.mkdir(exist_ok=True)
    ports = (free_port(), free_port(), free_port())
    with Authority(
        folder,
        host="127.0.0.1",
        ports=ports,
        resolves_to=resolves_to,
        http_port=instance.http,
        **options,
    ) as running:
        yield running


def certify(instance: Instance, running: Authority) -> str:
    """Return exit code and output of a run."""
    instance.settings(DOMAIN=DOMAIN, ACME_SERVER=running.url)
    done = instance.run(REQUESTS_CA_BUNDLE=str(running.trust))
    return f"{done.returncode} {done.stdout}{done.stderr}"


def plain(instance: Instance, path: str = "/", method: str = "GET") -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", instance.http, timeout=20)
    connection.request(method, path, headers={"Host": DOMAIN, "Connection": "close"})
    answer = connection.getresponse()
    answer.read()
    return answer


def secure(
    instance: Instance, running: Authority, path: str = "/", host: str = DOMAIN
) -> tuple[HTTPResponse, str]:
    """Return the response to a client that trusts this authority and requests DOMAIN."""
    connection = HTTPSConnection(DOMAIN, 443, timeout=20)
    raw = socket.create_connection(("127.0.0.1", instance.https), timeout=20)
    connection.sock = ssl.create_default_context(cadata=running.root()).wrap_socket(
        raw, server_hostname=DOMAIN
    )
    connection.request("GET", path, headers={"Host": host, "Connection": "close"})
    answer = connection.getresponse()
    return answer, answer.read().decode()


def trusting_anyone() -> ssl.SSLContext:
    visitor = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    visitor.check_hostname = False
    visitor.verify_mode = ssl.CERT_NONE
    return visitor


def served(instance: Instance) -> bytes:
    """Return the certificate that nginx presents."""
    return ssl.get_server_certificate(("127.0.0.1", instance.https)).encode()


def on_https(instance: Instance) -> None:
    eventually(lambda: plain(instance).status == 308)


def noted(instance: Instance) -> Machine:
    """Return what `shoebox status` reads about the certificate."""
    note = instance.folder / "var/lib/shoebox/certificate-end"
    return read_machine(instance.folder, instance.folder, note)
