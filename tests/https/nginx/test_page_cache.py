"""nginx keeps pages for visitors without cookies."""

import gzip
import itertools
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from app.web.middleware.page_cache import SECONDS
from tests.https.instance import Instance, eventually
from tests.https.nginx.clients import ask, get, sent
from tests.https.nginx.open_files import sockets
from tests.https.programs import NEEDS_NGINX
from tests.sample_images import jpeg
from tests.server.client import contributor_cookie, photos_in, post
from tests.server.site import RunningSite

pytestmark = NEEDS_NGINX
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def request_id(instance: Instance, path: str, **headers: str) -> str | None:
    """Return the id of the request that the app answered: a cached page has an earlier one."""
    answer, _ = ask(instance, path, headers=headers)
    assert answer.status == 200
    assert answer.getheader("X-Accel-Expires") is None
    return answer.getheader("X-Request-Id")


@pytest.mark.parametrize("path", ["/", "/tags", "/search?q=sea"])
def test_visitors_without_cookies_share_a_page(instance: Instance, path: str) -> None:
    """The app renders it once for all of them, and again after two seconds at most."""
    ids = [request_id(instance, path) for _ in range(5)]
    assert len(set(ids)) < len(ids)
    assert request_id(instance, f"{path}{'&' if '?' in path else '?'}a=1") not in ids
    eventually(lambda: request_id(instance, path) not in ids)


def test_refused_pages_do_not_wait_for_each_other(instance: Instance, site: RunningSite) -> None:
    """Requests for a page that nginx does not keep all reach the app at once."""
    os.killpg(site.process.pid, signal.SIGSTOP)
    before = sockets(instance)
    try:
        with sent(instance, 20, get("/photos/none")):
            # 20 are those of the clients. Some to the app were open before.
            eventually(lambda: sockets(instance) - before > 21)
    finally:
        os.killpg(site.process.pid, signal.SIGCONT)


@pytest.mark.parametrize("header", ["Cookie", "Authorization"])
def test_a_known_visitor_gets_a_page_of_their_own(instance: Instance, header: str) -> None:
    """Such a page may show more, and is not kept for others."""
    path = f"/search?q={header}"
    own = [request_id(instance, path, **{header: "session=1"}) for _ in range(2)]
    assert own[0] != own[1]
    assert request_id(instance, path) not in own


def test_a_page_is_cached_for_its_language_and_host(instance: Instance) -> None:
    """Pages in another language, and for another host name, are other pages."""
    for language in ("en", "ko", "en"):
        answer, _ = ask(instance, headers={"Accept-Language": language})
        assert answer.getheader("Content-Language") == language
    hosts = {request_id(instance, "/", Host=host) for host in ("127.0.0.1", "127.0.0.2")}
    assert len(hosts) == 2


@pytest.mark.parametrize("path", ["/", "/tags", "/search?q=json"])
def test_a_page_and_its_json_are_kept_apart(instance: Instance, path: str) -> None:
    """Each is kept, and a browser never gets JSON, nor a program a page."""
    formats = {BROWSER: "text/html", "*/*": "text/html", "application/json": "application/json"}
    ids: dict[str, list[str | None]] = {accept: [] for accept in formats}
    for accept, content_type in [*formats.items()] * 4:
        answer, _ = ask(instance, path, headers={"Accept": accept})
        assert (answer.headers["Content-Type"] or "").startswith(content_type)
        ids[accept].append(answer.getheader("X-Request-Id"))
    assert all(len(set(found)) < len(found) for found in ids.values())
    assert not set(ids[BROWSER]) & set(ids["application/json"])


def test_a_page_is_cached_once_for_all_encodings(instance: Instance) -> None:
    """Nginx compresses the page that it keeps, for the clients that accept it."""
    path = "/search?q=encodings"
    for _ in range(5):  # a page may expire between two requests
        plain, _ = ask(instance, path, headers={"Accept-Encoding": "identity"})
        compressed, page = ask(instance, path, headers={"Accept-Encoding": "br, gzip"})
        if plain.headers["X-Request-Id"] == compressed.headers["X-Request-Id"]:
            break
    else:
        pytest.fail("the app rendered the page for each of the encodings")
    assert b"</html>" in gzip.decompress(page)
    assert plain.getheader("Content-Encoding") is None
    assert "Accept-Encoding" in (compressed.getheader("Vary") or "")


@pytest.mark.parametrize(("name", "value"), [("Proto", "1"), ("Port", "1"), ("Prefix", "/1")])
def test_a_forged_address_reaches_no_other_visitor(
    instance: Instance, name: str, value: str
) -> None:
    """The app may read these headers, and writes URLs with them into the page."""
    path = f"/search?q={name}"
    forged = request_id(instance, path, **{f"X-Forwarded-{name}": value})
    assert request_id(instance, path) != forged


def test_a_deleted_photo_is_gone_for_visitors_who_reload_its_page(instance: Instance) -> None:
    """They get its page for a moment at most, although it is requested all the time."""
    address = f"http://127.0.0.1:{instance.http}"
    headers = {"Cookie": contributor_cookie(address)}
    (photo,) = photos_in(post(address, jpeg(seed=7), headers, title="Not for long"))
    path = urlsplit(photo["url"]).path
    is_over = threading.Event()
    addresses = itertools.cycle(range(2, 250))

    def reload_page() -> None:
        while not is_over.is_set():
            # Each has requests left: another address every time.
            ask(instance, path, source=f"127.0.0.{next(addresses)}")

    with ThreadPoolExecutor(4) as visitors:
        reloads = [visitors.submit(reload_page) for _ in range(4)]
        eventually(lambda: request_id(instance, path) == request_id(instance, path))
        deleted = requests.post(
            f"{address}{path}/delete",
            headers=headers | {"X-Requested-With": "test"},
            allow_redirects=False,
            timeout=30,
        )
        assert deleted.status_code == 303
        time.sleep(SECONDS + 1)
        statuses = {ask(instance, path)[0].status for _ in range(20)}
        is_over.set()
        for reload in reloads:
            reload.result()
    assert statuses == {404}


def test_a_repeated_header_reaches_no_other_visitor(instance: Instance) -> None:
    """Nginx before 1.23 sees only the first of two headers with one name."""
    path = "/search?q=repeated"
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{instance.http}\r\nConnection: close\r\n"
        "Accept-Encoding: identity\r\n"  # as the other visitor's
        "X-Forwarded-Prefix: /photos\r\nX-Forwarded-Prefix: /forged\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", instance.http), 30) as client:
        client.sendall(request.encode())
        while client.recv(65536):
            pass
    page = ask(instance, path, headers={"X-Forwarded-Prefix": "/photos"})[1]
    assert b"/photos/static/" in page
    assert b"/forged" not in page


def test_an_uploader_sees_the_photo_at_once(instance: Instance) -> None:
    """Visitors without cookies see it within seconds."""
    ask(instance)
    address = f"http://127.0.0.1:{instance.http}"
    assert post(address, jpeg(), title="Just now")[0] == 201
    assert b"Just now" in ask(instance, headers={"Cookie": "contributor=1"})[1]
    eventually(lambda: b"Just now" in ask(instance)[1])
