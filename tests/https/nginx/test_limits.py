"""nginx limits the requests, connections and bodies of each address."""

import os
import re
import resource
import signal
import socket

import pytest

from tests.https.instance import DEPLOY, Instance, eventually
from tests.https.nginx.clients import ask, get, sent
from tests.https.nginx.open_files import sockets
from tests.https.programs import NEEDS_NGINX
from tests.server.client import multipart
from tests.server.site import RunningSite

pytestmark = NEEDS_NGINX
LIMIT = 200  # requests of one address under way
UPLOAD_LIMIT = 20
GUEST_UPLOAD_LIMIT = 450
GUEST_UPLOAD = f"/upload?guest={'a' * 16}"  # all guests of a party have one address
UNCOUNTED = "/healthz"  # has no limit of requests a second, which would refuse some of the 200
WAITING_PAGES = 200
HALF_OPEN = 1800


def is_refused(client: socket.socket) -> bool:
    """Return whether the response is a 429."""
    return client.recv(20).startswith(b"HTTP/1.1 429 ")


def half_form(path: str) -> str:
    """Return a request whose body never ends."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Test-Address: ADDRESS\r\n"
        "Content-Length: 60000\r\n\r\nbeginning"
    )


@pytest.mark.parametrize(
    ("path", "limit"),
    [(UNCOUNTED, LIMIT), ("/upload", UPLOAD_LIMIT), (GUEST_UPLOAD, GUEST_UPLOAD_LIMIT)],
)
def test_slow_senders_do_not_block_others(
    private_instance: Instance, path: str, limit: int
) -> None:
    """One address may have 200 concurrent requests, 20 uploads and 450 of guests.

    Others are served, and so are those of the same address who look on.
    """
    form = half_form(path).replace("X-Test-Address: ADDRESS\r\n", "")
    with sent(private_instance, limit, form):
        # One process of nginx may still accept them while another one answers.
        eventually(lambda: ask(private_instance, path, body=b"x")[0].status == 429)
        answer, text = ask(private_instance, path, body=b"x")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "5")
        assert b"Too many requests" in text
        assert ask(private_instance, source="127.0.0.2")[0].status == 200
        assert path == UNCOUNTED or ask(private_instance, UNCOUNTED)[0].status == 200


def test_ipv6_addresses_of_one_network_are_counted_together(
    private_instance: Instance,
) -> None:
    """One visitor has 2**64 addresses."""
    mine = ("2001:db8:0:1::1", "2001:db8::1:ffff:ffff:ffff:fffe", "2001:db8:0:1:0a00::")
    with sent(private_instance, LIMIT, half_form(UNCOUNTED), *mine):
        asked = {"X-Test-Address": mine[0]}
        eventually(lambda: ask(private_instance, UNCOUNTED, headers=asked)[0].status == 429)
        for address, status in (
            ("2001:db8:0:1::99", 429),
            ("2001:db8:0:2::1", 200),
            ("203.0.113.10", 200),
        ):
            asked = {"X-Test-Address": address}
            answer, _ = ask(private_instance, UNCOUNTED, headers=asked)
            assert answer.status == status, address


def test_half_open_connections_do_not_block_others(
    private_instance: Instance,
) -> None:
    """Nginx has room for more than a distribution's 1024: others need not wait for a timeout."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4 * HALF_OPEN, hard), hard))
    try:
        with sent(private_instance, HALF_OPEN, "GET / HTTP/1.1\r\nHost:"):
            eventually(lambda: sockets(private_instance) > 1024)
            assert ask(private_instance, source="127.0.0.2")[0].status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_pages_have_a_rate_limit_for_each_address(private_instance: Instance) -> None:
    """About 200 at once and 40 a second; health checks and other visitors have none of it."""
    eager = {"X-Test-Address": "198.51.100.7"}
    with (
        sent(private_instance, 2 * WAITING_PAGES, get("/robots.txt"), *eager.values()) as pages,
        sent(private_instance, UPLOAD_LIMIT, get("/upload"), *eager.values()) as upload_pages,
    ):
        assert any(is_refused(client) for client in reversed(pages))
        assert any(is_refused(client) for client in upload_pages)
        assert ask(private_instance, "/healthz", headers=eager)[0].status == 200
        assert ask(private_instance)[0].status == 200


def test_pages_of_one_address_wait_in_nginx(instance: Instance, site: RunningSite) -> None:
    """The app gets about 20 at once, so that other visitors need not wait for all of them."""
    before = sockets(instance)
    os.killpg(site.process.pid, signal.SIGSTOP)
    try:
        with sent(instance, WAITING_PAGES, get("/robots.txt")):
            # nginx answers this itself, after it has seen the others.
            assert ask(instance, "/upload/permission")[0].status == 404
            assert 10 < sockets(instance) - before - WAITING_PAGES < 140
    finally:
        os.killpg(site.process.pid, signal.SIGCONT)


def test_configuring_raises_the_number_of_connections_once(
    private_instance: Instance,
) -> None:
    nginx_conf = private_instance.folder / "etc/nginx/nginx.conf"
    assert nginx_conf.read_text() == "events {\n\tworker_connections 8192;\n}\n"
    private_instance.configure()
    assert nginx_conf.read_text().count("8192") == 1
    (files,) = re.findall(r"LimitNOFILE=(\d+)", (DEPLOY / "nginx/restart.conf").read_text())
    assert int(files) >= 3 * 8192


@pytest.mark.parametrize("path", ["/", "/login", "/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV/edit", "/x"])
def test_only_uploads_have_large_bodies(private_instance: Instance, path: str) -> None:
    """All other forms have at most 64 kB."""
    answer, text = ask(private_instance, path, body=bytes(100_000))
    assert answer.status == 413
    assert b"shorten the text" in text
    assert ask(private_instance, path, body=bytes(60_000))[0].status != 413


def test_load_balancer_has_no_limit_for_its_address(instance: Instance) -> None:
    """All visitors share it."""
    common = instance.folder / "etc/nginx/shoebox-site.conf"
    limits = ("limit_conn ", "limit_req ")
    assert all(limit in common.read_text() for limit in limits)
    instance.settings(PROXY_HOPS="2")
    instance.configure()
    assert not any(limit in common.read_text() for limit in limits)


def test_too_large_form_is_refused_with_the_limit(instance: Instance) -> None:
    answer, text = ask(instance, "/upload", body=multipart(bytes(6 * 2**20)))
    assert answer.status == 413
    assert "more than 5 MB in total" in text.decode()
