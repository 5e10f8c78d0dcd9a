"""nginx limits, compresses and caches requests and logs no addresses."""

import gzip
import itertools
import json
import os
import random
import re
import resource
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image

from app.domain import object_keys
from app.web.middleware.page_cache import SECONDS
from tests.https.instance import DEPLOY, NGINX, Instance, eventually, serving_instance
from tests.sample_images import jpeg
from tests.server.client import contributor_cookie, multipart, photos_in, post
from tests.server.site import GUNICORN, RunningSite, free_port

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx: apt-get install nginx")
LIMIT = 200  # requests of one address under way
UPLOAD_LIMIT = 20
GUEST_UPLOAD_LIMIT = 450
GUEST_UPLOAD = f"/upload?guest={'a' * 16}"  # all guests of a party have one address
UNCOUNTED = "/healthz"  # has no limit of requests a second, which would refuse some of the 200
WAITING_PAGES = 200
HALF_OPEN = 1800
PASSWORD = "let me upload"
BEHIND_NGINX = {"PROXY_HOPS": "1", "WEB_CONCURRENCY": "1"}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
# So that the app would write forged headers into pages.
FORWARDED = {"PROXY_HEADERS": "port,prefix"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("open")
    with RunningSite(folder, GUNICORN, **BEHIND_NGINX, **FORWARDED) as running:
        yield running


@pytest.fixture
def instance(site: RunningSite, tmp_path: Path) -> Iterator[Instance]:
    with serving_instance(urlsplit(site.url).netloc, tmp_path) as made:
        yield made


@pytest.fixture
def instance_without_app(tmp_path: Path) -> Iterator[Instance]:
    with serving_instance(f"127.0.0.1:{free_port()}", tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def private_instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance whose visitors need a password to upload, for tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("private")
    settings = {**BEHIND_NGINX, "UPLOAD_PASSWORD": PASSWORD}
    with (
        RunningSite(folder / "photos", GUNICORN, **settings) as site,
        serving_instance(urlsplit(site.url).netloc, folder) as made,
    ):
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


@contextmanager
def sent(
    instance: Instance, number: int, text: str, *addresses: str
) -> Iterator[list[socket.socket]]:
    """Send `text` on each of `number` connections, from each of the addresses in turn."""
    clients: list[socket.socket] = []
    with ExitStack() as open_connections:
        for _, address in zip(range(number), itertools.cycle(addresses or [""])):
            phone = socket.create_connection(("127.0.0.1", instance.http), timeout=30)
            open_connections.enter_context(phone)
            phone.sendall(text.replace("ADDRESS", address).encode())
            clients.append(phone)
        yield clients


def open_files(instance: Instance, kind: str) -> Iterator[Path]:
    """Yield the files of nginx's workers whose name contains `kind`."""
    master = (instance.folder / "run/nginx.pid").read_text().strip()
    workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    for worker in workers:
        for file in Path(f"/proc/{worker}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since
                if kind in str(file.readlink()):
                    yield file


def sockets(instance: Instance) -> int:
    """Return the number of nginx's connections, to clients and to the app."""
    return len(list(open_files(instance, "socket:")))


def stored_bytes(instance: Instance) -> int:
    """Return the size of the bodies that nginx has stored, in files without a name."""
    return sum(file.stat().st_size for file in open_files(instance, "/client_body/"))


def get(path: str) -> str:
    """Return the request of a page."""
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Test-Address: ADDRESS\r\n\r\n"


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


@contextmanager
def begun_upload(
    instance: Instance, headers: str, request: str = "POST /upload"
) -> Iterator[socket.socket]:
    """Send the first megabyte of a body of four."""
    head = f"{request} HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n{headers}\r\n"
    with socket.create_connection(("127.0.0.1", instance.http), timeout=30) as phone:
        phone.sendall(head.encode() + bytes(1_000_000))
        yield phone


@pytest.mark.parametrize(
    "headers",
    ["", "Cookie: session=forged\r\n", "Authorization: Bearer guess\r\n"],
    ids=["nothing", "forged cookie", "wrong password"],
)
def test_body_without_the_password_is_not_stored(private_instance: Instance, headers: str) -> None:
    """The app's own problem details come at once, in the visitor's language."""
    asks = "Accept: application/json\r\nAccept-Language: ko\r\n"
    with begun_upload(private_instance, headers + asks) as phone:
        answer = phone.recv(65536)
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert stored_bytes(private_instance) == 0
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["detail"] == "사진을 올리려면 로그인해 주세요."


def test_body_with_a_wrong_token_is_not_stored(private_instance: Instance) -> None:
    """The answer is the app's own 401, with its challenge, also where the client wants a page."""
    with begun_upload(private_instance, f"Authorization: Bearer shoebox_{'0' * 40}\r\n") as phone:
        answer = phone.recv(65536)
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert stored_bytes(private_instance) == 0
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.count(b"\r\nWWW-Authenticate: Bearer error=invalid_token") == 1
    assert json.loads(body)["status"] == 401


def test_browser_without_the_password_is_sent_to_the_login_page(private_instance: Instance) -> None:
    with begun_upload(private_instance, "Accept: text/html\r\n") as phone:
        answer = phone.recv(65536)
        assert answer.startswith(b"HTTP/1.1 303 ")
        assert b"\r\nLocation: /login?next=/upload\r\n" in answer
        assert stored_bytes(private_instance) == 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS"])
def test_body_of_another_method_is_refused(private_instance: Instance, method: str) -> None:
    """Only POST uploads: other requests for the same path have at most 64 kB."""
    with begun_upload(private_instance, "", f"{method} /upload?x=y") as client:
        assert client.recv(65536).startswith(b"HTTP/1.1 413 ")
        assert stored_bytes(private_instance) == 0


@pytest.mark.parametrize(("method", "status"), [("GET", 413), ("PUT", 413), ("POST", 403)])
def test_chunked_body_without_the_password_is_not_stored(
    private_instance: Instance, method: str, status: int
) -> None:
    """A body without a length may be large."""
    head = f"{method} /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    address = ("127.0.0.1", private_instance.http)
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(f"{head}Accept: application/json\r\n\r\n".encode() + chunk)
        assert client.recv(65536).startswith(f"HTTP/1.1 {status} ".encode())
        assert stored_bytes(private_instance) == 0


def test_upload_page_keeps_its_query(private_instance: Instance) -> None:
    """A small body changes nothing, and clients cannot ask for the internal path."""
    for headers in ({}, {"Content-Length": "0"}):
        answer = ask(private_instance, "/upload?tags=sea", headers=headers)[0]
        assert (answer.status, answer.headers["Location"]) == (
            303,
            "/login?next=/upload?tags%3Dsea",
        )
    assert ask(private_instance, "/upload/page")[0].status == 404


def test_body_with_the_password_is_stored_and_sent_on(private_instance: Instance) -> None:
    with begun_upload(private_instance, f"Authorization: Bearer {PASSWORD}\r\n"):
        eventually(lambda: stored_bytes(private_instance) > 500_000)
    address = f"http://127.0.0.1:{private_instance.http}"
    body = jpeg(3000, 2000)
    assert len(body) > 100_000
    assert post(address, body, {"Authorization": f"Bearer {PASSWORD}"})[0] == 201


def test_wrong_password_of_an_upload_counts_once(private_instance: Instance) -> None:
    """After ten of them the app's own 429 says so."""
    headers = {"Authorization": "Bearer guess", "Accept": "application/json"}
    headers |= {"X-Test-Address": "198.51.100.8"}
    body = bytes(200_000)
    statuses = [
        ask(private_instance, "/upload", body=body, headers=headers)[0].status for _ in range(10)
    ]
    assert statuses == [403] * 10
    answer, text = ask(private_instance, "/upload", body=body, headers=headers)
    assert answer.status == 429
    assert b"Too many login attempts" in text


def test_body_of_a_guest_is_stored_if_the_guest_has_opened_the_link(
    private_instance: Instance,
) -> None:
    """The code in the URL alone permits nothing: the answer leads to the link."""
    address = f"http://127.0.0.1:{private_instance.http}"
    path = f"/upload?guest={'a' * 16}"
    refused, _ = ask(private_instance, path, body=bytes(200_000))
    assert (refused.status, refused.headers["Location"]) == (303, f"/join/{'a' * 16}")
    code, cookies = open_guest_link(address)
    headers = {"Cookie": cookies, "Accept": "application/json", "X-Requested-With": "test"}
    body, content_type = encode_photo(jpeg(3000, 2000))
    assert len(body) > 100_000
    other, _ = ask(private_instance, path, body=body, headers=headers)
    assert other.status == 403
    headers |= {"Content-Type": content_type}
    added, _ = ask(private_instance, f"/upload?guest={code}", body=body, headers=headers)
    assert added.status == 201


def open_guest_link(address: str) -> tuple[str, str]:
    """Make a guest link as a contributor, and return its code and the cookies of a guest."""
    host, guest = requests.Session(), requests.Session()
    headers = {"X-Requested-With": "test", "Authorization": f"Bearer {PASSWORD}"}
    host.get(f"{address}/albums/new", headers=headers)
    album = host.post(f"{address}/albums/new", {"title": "Party"}, headers=headers).url
    settings = {"guest_access": "add", "guest_limit": "9", "version": "1"}
    page = host.post(f"{album}/guests", settings, headers=headers).text
    code = re.findall("/join/([a-z2-7]{16})", page)[0]
    guest.post(f"{address}/join/{code}", headers={"X-Requested-With": "test"})
    return code, "; ".join(f"{name}={value}" for name, value in guest.cookies.items())


def encode_photo(photo: bytes) -> tuple[bytes, str]:
    """Return a form with one photo, and its content type."""
    request = requests.Request("POST", "http://localhost", files={"photo": ("a.jpg", photo)})
    prepared = request.prepare()
    return bytes(prepared.body or b""), prepared.headers["Content-Type"]


def test_permission_can_not_be_asked_for_directly(private_instance: Instance) -> None:
    """Otherwise it would be a way to guess passwords."""
    assert ask(private_instance, "/upload/permission")[0].status == 404


def test_upload_to_a_stopped_app_is_a_503(instance_without_app: Instance) -> None:
    """The message does not blame the disk."""
    answer, text = ask(instance_without_app, "/upload", body=bytes(200_000))
    assert (answer.status, text) == (
        503,
        b"The site is busy; nothing was saved. Try again in a moment.\n",
    )


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


def test_error_log_contains_no_addresses(instance_without_app: Instance) -> None:
    """Errors of a stopped app and of malformed requests name no address."""
    assert ask(instance_without_app, source="127.0.0.2")[0].status == 502
    address = ("127.0.0.1", instance_without_app.http)
    with socket.create_connection(address, timeout=30) as phone:
        phone.sendall(b"nonsense\r\n\r\n")
        assert phone.recv(20).startswith(b"HTTP/1.1 400 ")
    logs = list((instance_without_app.folder / "var/log/nginx").iterdir())
    assert logs
    assert not any("127.0.0" in log.read_text() for log in logs)


def large_photo(site: RunningSite) -> str:
    """Publish a photo of random pixels, with more bytes than sockets buffer. Return its id."""
    noise = random.Random(1).randbytes(4000 * 3000 * 3)  # noqa: S311  no secret
    file = BytesIO()
    Image.frombytes("RGB", (4000, 3000), noise).save(file, "JPEG", quality=95)
    (photo,) = photos_in(post(site.url, file.getvalue()))
    return str(photo["photo_id"])


@contextmanager
def unread(instance: Instance, path: str) -> Iterator[None]:
    """Ask for a file, and read only the beginning of the response."""
    with socket.create_connection(("127.0.0.1", instance.http), timeout=30) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert client.recv(12) == b"HTTP/1.1 200"
        yield


def test_a_zip_file_is_sent_on_without_storing_it(site: RunningSite, instance: Instance) -> None:
    """A disk has no room for all that slow clients ask for. An original shows the difference."""
    photo_id = large_photo(site)
    with unread(instance, f"/media/{object_keys.original(photo_id, 'image/jpeg')}"):
        eventually(lambda: any(open_files(instance, "/proxy/")))
    eventually(lambda: not any(open_files(instance, "/proxy/")))
    path = f"/download.zip?photo={photo_id}"
    with unread(instance, path):
        time.sleep(1)
        assert not any(open_files(instance, "/proxy/"))
    answer, body = ask(instance, path)
    assert answer.headers["Content-Length"] == str(len(body))
    assert "Content-Encoding" not in answer.headers
    part, rest = ask(instance, path, headers={"Range": "bytes=1000-"})
    assert (part.status, rest) == (206, body[1000:])
