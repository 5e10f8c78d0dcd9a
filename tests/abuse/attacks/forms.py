"""Attacks with forms: long texts, costly files, many files and many forms."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from itertools import product
from urllib.parse import quote, urlsplit

from tests.sample_images import jpeg
from tests.server.client import BOUNDARY

_CLIENTS = 24
_FORMS = 3  # of each client
_LONG_TEXTS = (
    "a" + "\N{COMBINING ACUTE ACCENT}" * 240_000,
    "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}" * 120_000,
    "\N{HANGUL CHOSEONG KIYEOK}\N{HANGUL JUNGSEONG A}" * 80_000,
    "x" * 480_000,
)
_COSTLY_FILES = (
    b"\xff\xd8" + b"\xff" * 64_000,
    b"\xff\xd8" + b"\xff\x01" * 32_000,
    b"\xff\xd8" + b"\xff\xd0" * 32_000,
    b"\x89PNG\r\n\x1a\n" + bytes(64_000),
    b"II*\0" + b"\x08\0\0\0" * 16_000,
)


def long_texts(url: str) -> None:
    """Send half a megabyte of text that is slow to normalize, in every field."""
    fields = ("title", "description", "tags", "alt", "upload_id", "csrf_token")
    bodies = [_form({field: text}, [jpeg()]) for field, text in product(fields, _LONG_TEXTS)]
    _from_many_clients(lambda: [_post(url, "/upload", body) for body in bodies])
    text = quote(_LONG_TEXTS[0][:5000])
    _from_many_clients(lambda: [_get(url, f"/search?q={text}"), _get(url, f"/tags/{text}")])


def costly_files(url: str) -> None:
    """Send small files that are slow to parse."""
    bodies = [_form({}, [file]) for file in _COSTLY_FILES]
    _from_many_clients(lambda: [_post(url, "/upload", body) for body in bodies])


def large_forms(url: str) -> None:
    """Send forms of 200 photos, all at once."""
    body = _form({}, [jpeg(640, 480)] * 200)
    _from_many_clients(lambda: [_post(url, "/upload", body) for _ in range(_FORMS)])


def abandoned_forms(url: str) -> None:
    """Send forms of 900 photos, and close the connection without reading the response."""
    body = _form({}, [jpeg(160, 120)] * 900)
    head = _head("/upload", len(body))

    def send_and_leave() -> None:
        for _ in range(_FORMS):
            with suppress(OSError), _connect(url) as connection:
                connection.sendall(head + body)

    _from_many_clients(send_and_leave)


def large_bodies(url: str) -> None:
    """Send 20 MB to addresses that need no large body."""
    body = _form({}, [bytes(20_000_000)])
    paths = ("/login", "/", "/photos/01M83E4ZNTEMGF6GNB8SF0QNDW/edit", "/nowhere")
    _from_many_clients(lambda: [_post(url, path, body) for path in paths])


def _form(fields: dict[str, str], files: list[bytes]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    disposition = 'form-data; name="photo"; filename="a.jpg"'
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode()
    parts += [head + file + b"\r\n" for file in files]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def _head(path: str, length: int) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        "X-Requested-With: attack",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {length}",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def _from_many_clients(attack: Callable[[], object]) -> None:
    with ThreadPoolExecutor(_CLIENTS) as pool:
        for client in [pool.submit(attack) for _ in range(_CLIENTS)]:
            client.result()


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=60)


def _get(url: str, path: str) -> None:
    _request(url, "GET", path, None)


def _post(url: str, path: str, body: bytes) -> None:
    _request(url, "POST", path, body)


def _request(url: str, method: str, path: str, body: bytes | None) -> None:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    headers = {
        "X-Requested-With": "attack",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    with suppress(OSError, HTTPException):  # the server may close the connection early
        connection.request(method, path, body, headers)
        connection.getresponse().read()
    connection.close()
