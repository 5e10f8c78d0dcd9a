"""Attacks with forms: long texts, costly files, many files and many forms."""

from contextlib import suppress
from itertools import product
from urllib.parse import quote

from tests.abuse.attacks.client import (
    FORM_HEADERS,
    connect,
    form,
    from_many_clients,
    get,
    head,
    post,
)
from tests.abuse.attacks.sites import Site
from tests.sample_images import jpeg

_CLIENTS = 24
_ALL = {"add_duplicates": "1"}  # photos of the same file too
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


def long_texts(site: Site) -> None:
    """Send half a megabyte of text that is slow to normalize, in every field."""
    fields = ("title", "description", "tags", "alt", "contributor_name", "upload_id")
    bodies = [form({field: text}, [jpeg()]) for field, text in product(fields, _LONG_TEXTS)]
    _upload(site, bodies)
    text = quote(_LONG_TEXTS[0][:5000])

    def read() -> None:
        get(site.url, f"/search?q={text}")
        get(site.url, f"/tags/{text}")

    from_many_clients(read, _CLIENTS)


def costly_files(site: Site) -> None:
    """Send small files that are slow to parse."""
    _upload(site, [form({}, [file]) for file in _COSTLY_FILES])


def large_forms(site: Site) -> None:
    """Send forms of 200 photos, all at once."""
    _upload(site, [form(_ALL, [jpeg(640, 480)] * 200)] * _FORMS)


def abandoned_forms(site: Site) -> None:
    """Send forms of 900 photos, and close the connection without reading the response."""
    body = form(_ALL, [jpeg(160, 120)] * 900)
    request = head("/upload", FORM_HEADERS | {"Content-Length": str(len(body))}) + body

    def send_and_leave() -> None:
        for _ in range(_FORMS):
            with suppress(OSError), connect(site.url) as connection:
                connection.sendall(request)

    from_many_clients(send_and_leave, _CLIENTS)


def large_bodies(site: Site) -> None:
    """Send 20 MB to addresses that need no large body."""
    body = form({}, [bytes(20_000_000)])

    def send() -> None:
        for path in ("/login", "/", "/photos/01M83E4ZNTEMGF6GNB8SF0QNDW/edit", "/nowhere"):
            post(site.url, path, body)

    from_many_clients(send, _CLIENTS)


def _upload(site: Site, bodies: list[bytes]) -> None:
    def send() -> None:
        for body in bodies:
            post(site.url, "/upload", body)

    from_many_clients(send, _CLIENTS)
