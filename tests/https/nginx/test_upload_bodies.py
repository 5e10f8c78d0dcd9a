"""nginx asks the app who may upload before it stores a body."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.https.instance import Instance, eventually
from tests.https.nginx.clients import PASSWORD, ask
from tests.https.nginx.open_files import stored_bytes
from tests.https.programs import NEEDS_NGINX
from tests.sample_images import jpeg
from tests.server.client import multipart, post

pytestmark = NEEDS_NGINX


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


def test_full_disk_is_a_503_with_a_message(instance: Instance) -> None:
    """If nginx can't store a body, it answers 503 with Retry-After. Pages still work."""
    buffers = instance.folder / "client_body"
    buffers.rmdir()
    buffers.touch()
    answer, text = ask(instance, "/upload", body=multipart(bytes(2**20)))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert "out of space" in text.decode()
    assert ask(instance)[0].status == 200
