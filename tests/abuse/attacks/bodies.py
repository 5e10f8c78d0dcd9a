"""Attacks with bodies that fill the disk."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from tests.abuse.attacks.client import FORM_HEADERS, connect, head
from tests.abuse.attacks.sites import Site
from tests.abuse.attacks.stored_bytes import watching

_BODY_BYTES = 500_000_000
_CHUNK = bytes(1_000_000)
_MAX_STORED_BYTES = 10_000_000  # of all bodies together
_WRONG_PASSWORD = {"Authorization": "Bearer guess"}
_FORGED_SESSION = {"Cookie": "session=forged"}
_SIZED = {"Content-Length": str(_BODY_BYTES)}
_CHUNKED = {"Transfer-Encoding": "chunked"}
_REQUESTS = (
    ("/upload", _SIZED),
    ("/upload", _CHUNKED),
    ("/upload", _SIZED | _WRONG_PASSWORD),
    ("/upload", _CHUNKED | _FORGED_SESSION),
    ("/login", _SIZED),
    ("/login", _CHUNKED),
    ("/", _SIZED),
    ("/photos/01M83E4ZNTEMGF6GNB8SF0QNDW/edit", _CHUNKED),
    ("/nowhere", _SIZED),
    ("/nowhere", _CHUNKED),
)


def refused_bodies(site: Site) -> None:
    """Send ten bodies of 500 MB at once, without a password and to wrong paths."""
    with watching(site.folder) as growth, ThreadPoolExecutor(len(_REQUESTS)) as pool:
        senders = [pool.submit(_send, site, path, headers) for path, headers in _REQUESTS]
        for sender in senders:
            sender.result()
    assert growth.largest <= _MAX_STORED_BYTES, f"{growth.largest} bytes were stored"


def _send(site: Site, path: str, headers: dict[str, str]) -> None:
    """Send a body to its end, unless the server closes the connection."""
    is_chunked = headers.items() >= _CHUNKED.items()
    chunk = b"%x\r\n%s\r\n" % (len(_CHUNK), _CHUNK) if is_chunked else _CHUNK
    with suppress(OSError), connect(site.url) as connection:
        connection.sendall(head(path, FORM_HEADERS | headers))
        for _ in range(_BODY_BYTES // len(_CHUNK)):
            connection.sendall(chunk)
