"""The running site: one server process, real sockets, several workers.

Covers app.web.request_body and app.http_server.serve.
"""

import re
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.sample_images import jpeg
from tests.server.client import (
    BOUNDARY,
    contributor_cookie,
    get,
    multipart,
    photos_in,
    post,
    post_until_served,
    run_command,
    run_process,
)
from tests.server.site import GUNICORN, RunningSite, free_port


@pytest.fixture(scope="module", params=["app", GUNICORN])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSite]:
    """Run one site for the tests that leave it as it is: `make run`, or gunicorn's workers."""
    settings = {"MAX_REQUEST_MB": "1", "MAX_UPLOAD_MB": "1", "WEB_CONCURRENCY": "3"}
    with RunningSite(tmp_path_factory.mktemp("site"), request.param, **settings) as site:
        yield site


def count_photos(site: RunningSite) -> int:
    return get(site.url)[1].decode().count("srcset=")


def at_once(*calls: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(calls)) as pool:
        for future in [pool.submit(call) for call in calls]:
            future.result()


def test_published_photos_survive_kill(tmp_path: Path) -> None:
    """After kill -9 and a restart every photo that got a 201 is listed and loads."""
    site = RunningSite(tmp_path)
    site.start()
    added = [photos_in(post(site.url, jpeg(400, 300), title=f"Photo {n}"))[0] for n in range(3)]
    site.stop(signal.SIGKILL)
    with site:
        gallery = get(site.url)[1].decode()
        for number, photo in enumerate(added):
            assert f"Photo {number}" in gallery
            for rendition in photo["renditions"]:
                content_type, body = get(site.url + urlsplit(rendition["url"]).path)
                assert content_type == rendition["content_type"]
                assert body.startswith(b"\xff\xd8") or body[4:12] == b"ftypavif"


def test_parallel_uploads_make_one_photo_each(site: RunningSite) -> None:
    """Parallel uploads each make exactly one photo, with retries after a 503."""
    before = count_photos(site)

    at_once(*[partial(post_until_served, site.url, jpeg(300, 200)) for _ in range(16)])
    assert count_photos(site) == before + 16


def test_same_form_sent_twice_in_parallel_makes_one_photo(site: RunningSite) -> None:
    """A form that one browser sends over two connections at the same moment makes one photo."""
    before = count_photos(site)
    body = jpeg(600, 400)
    cookie = contributor_cookie(site.url)
    found: list[str] = []

    def send() -> None:
        answer = post(site.url, body, {"Cookie": cookie}, upload_id="one and the same")
        found.append(photos_in(answer)[0]["photo_id"])

    at_once(send, send)
    assert found[0] == found[1]
    assert count_photos(site) == before + 1


def test_parallel_deletes_and_restores_lose_nothing(tmp_path: Path) -> None:
    """Thirty deletes and restores on two sites with one folder leave a consistent photo."""
    with RunningSite(tmp_path) as one, RunningSite(tmp_path) as other:
        sent = {"Cookie": contributor_cookie(one.url)}
        (photo,) = photos_in(post(one.url, jpeg(600, 400), sent))

        def click(number: int) -> int:
            connection = HTTPConnection(urlsplit((one, other)[number % 2].url).netloc, timeout=60)
            verb = "delete" if number % 3 else "restore"
            connection.request(
                "POST",
                f"/photos/{photo['photo_id']}/{verb}",
                headers=sent | {"X-Requested-With": "test"},
            )
            status = connection.getresponse().status
            connection.close()
            return status

        with ThreadPoolExecutor(10) as visitors:
            assert set(visitors.map(click, range(30))) <= {303, 409, 503}
        assert "No problems found." in run_command("check", PHOTO_DIR=str(tmp_path))


def test_dropped_connection_leaves_nothing(site: RunningSite) -> None:
    """A connection that is dropped during an upload adds nothing, and the next upload works."""
    before = count_photos(site)
    address = urlsplit(site.url)
    whole = multipart(jpeg())
    with socket.create_connection((address.hostname or "", address.port or 0)) as phone:
        phone.sendall(
            f"POST /upload HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: t\r\n"
            f"Content-Length: {len(whole)}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n".encode()
        )
        phone.sendall(whole[: len(whole) // 2])
    assert post(site.url, jpeg())[0] == 201
    assert count_photos(site) == before + 1


def test_malformed_chunked_body_is_400(site: RunningSite) -> None:
    """A body without a chunk size is a 400, and the site keeps serving."""
    address = urlsplit(site.url)
    with socket.create_connection(
        (address.hostname or "", address.port or 0), timeout=30
    ) as sender:
        sender.sendall(
            b"POST /upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\nnonsense\r\n\r\n"
        )
        assert sender.recv(64).startswith(b"HTTP/1.1 400")
    assert post(site.url, jpeg())[0] == 201


def test_too_large_form_is_413_after_the_body_is_read(site: RunningSite) -> None:
    """A client that sends more than MAX_REQUEST_MB reads the 413 although it still sends."""
    status, problem = post(site.url, bytes(8_000_000))
    assert status == 413
    assert "fewer or smaller" in str(problem["detail"])


def wait_until_refused(address: tuple[str, int]) -> None:
    with suppress(ConnectionRefusedError):
        while True:
            with suppress(ConnectionResetError):
                socket.create_connection(address, timeout=60).close()


def test_stopping_site_completes_the_upload_that_it_receives(tmp_path: Path) -> None:
    """After SIGTERM the site accepts no connection, publishes the photo and exits."""
    form = multipart(jpeg(300, 200))
    with RunningSite(tmp_path) as site:
        address = (urlsplit(site.url).hostname or "", urlsplit(site.url).port or 0)
        with socket.create_connection(address, timeout=60) as phone, phone.makefile() as response:
            phone.sendall(
                f"POST /upload HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: t\r\n"
                f"Accept: application/json\r\nContent-Length: {len(form)}\r\n"
                f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n".encode()
            )
            phone.sendall(form[:1000])
            get(f"{site.url}/healthz")  # the site has read the request
            site.process.send_signal(signal.SIGTERM)
            wait_until_refused(address)
            phone.sendall(form[1000:])
            assert response.readline().startswith("HTTP/1.1 201 ")
        assert site.process.wait(timeout=60) == 0
    assert not any("Traceback" in line for line in site.lines)


def test_site_works_on_an_aws_emulator(tmp_path: Path) -> None:
    """A site that `flask provision` set up publishes photos that are read from the bucket."""
    with RunningSite(tmp_path, "tools.aws_emulator", AWS_EMULATOR_PORT=str(free_port())) as site:
        (photo,) = photos_in(post(site.url, jpeg(900, 600), title="In the bucket", tags="sea"))
        assert "In the bucket" in get(site.url)[1].decode()
        assert "In the bucket" in get(f"{site.url}/tags/sea")[1].decode()
        assert photo["original_url"].startswith("http://127.0.0.1:")
        assert not photo["original_url"].startswith(site.url)
        assert get(photo["original_url"])[0] == "image/jpeg"
        for rendition in photo["renditions"]:
            assert get(rendition["url"])[0] == rendition["content_type"]
        settings = dict(re.findall(r"export (\w+)=(\S+)", "\n".join(site.lines)))
        for command, output in (
            ("audit", "7 objects read: 0 findings."),
            ("check", "No problems found."),
        ):
            assert output in run_process(command, **settings)
    assert "public." in "\n".join(site.lines)
    assert list(tmp_path.iterdir()) == []


def test_site_below_a_path_that_the_proxy_does_not_remove(tmp_path: Path) -> None:
    """The server removes the path in SCRIPT_NAME, and links and images begin with it."""
    with RunningSite(tmp_path, SCRIPT_NAME="/pictures") as site:
        url = f"{site.url}/pictures"
        (photo,) = photos_in(post(url, jpeg(160, 120)))
        page = get(f"{url}/photos/{photo['photo_id']}")[1].decode()
        image = re.search(r'<img src="(/pictures/media/[^"]+)" srcset', page)
        assert image
        assert get(site.url + image[1])[0] == "image/jpeg"
