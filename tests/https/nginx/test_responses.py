"""nginx compresses pages, caches static files, stores no ZIP file and logs no addresses."""

import gzip
import os
import random
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image

from app.domain import object_keys
from tests.https.instance import Instance, eventually
from tests.https.nginx.clients import ask
from tests.https.nginx.open_files import open_files
from tests.https.programs import NEEDS_NGINX
from tests.server.client import photos_in, post
from tests.server.site import RunningSite

pytestmark = NEEDS_NGINX


def test_pages_are_compressed_and_hide_the_version(instance: Instance) -> None:
    answer, page = ask(instance, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(page)
    assert answer.headers["Server"] == "nginx"


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
