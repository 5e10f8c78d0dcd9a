"""Photos of a private bucket: signed URLs, or through the app.

Covers app.services.media.source, app.storage.aws.other_stores.media,
app.web.pages.media.large_files, app.web.pages.media.routes, app.web.pages.media.store_media,
app.web.pages.media.unsent_space.
"""

import os
import re
import threading
from contextlib import ExitStack
from dataclasses import replace

import boto3
import pytest
import requests
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.media.reads import MediaReads
from app.services.deadline import set_deadline, timeout
from app.services.factory import Services
from app.storage.aws.other_stores.media import SIGNED_SECONDS, TEMPORARY_SECONDS
from app.web.pages.media import large_files, unsent_space
from tests.backends import BUCKET, Backend
from tests.cli.test_cli import run
from tests.http_server.clients import until
from tests.http_server.live_server import connect, exchange, live_server
from tests.object_stores.test_site import change, upload
from tests.visitor import JSON, Visitor

pytestmark = [pytest.mark.exhaustive("object stores"), pytest.mark.usefixtures("private_bucket")]

NONE = "0" * 26
presigned = pytest.mark.parametrize("reads", [MediaReads.PRESIGNED], ids=str)
through_app = pytest.mark.parametrize("reads", [MediaReads.APP], ids=str)
either = pytest.mark.parametrize("reads", [MediaReads.PRESIGNED, MediaReads.APP], ids=str)


@pytest.fixture
def photo_id(visitor: Visitor) -> str:
    return upload(visitor, title="Pier", tags="sea")


@pytest.fixture
def key(photo_id: str, backend: Backend) -> str:
    """The key of the original."""
    return backend.catalog.get(photo_id).object_keys[-1]


@either
def test_addresses_do_not_expire(visitor: Visitor, photo_id: str, key: str) -> None:
    """Pages, JSON, feeds, the sitemap and previews name paths of the site, never signed URLs."""
    path = f"/media/{key}"
    photo = visitor.get(f"/photos/{photo_id}", headers=JSON).json["photo"]
    assert photo["original_url"] == f"http://localhost{path}"
    address = f"http://localhost/photos/{photo_id}"
    pages = ("/", f"/photos/{photo_id}", "/feed.xml", "/tags/sea", f"/oembed?url={address}")
    months = re.findall(r"http://localhost(/sitemap-.*?)<", visitor.get("/sitemap.xml").text)
    assert months
    for page in (*pages, *months, "/slideshow?in=tag:sea"):
        text = visitor.get(page).text
        assert f"/media/photos/{photo_id[-1]}/{photo_id}/" in text, page
        assert "X-Amz" not in text, page


@presigned
def test_a_signed_url_reads_the_photo(
    visitor: Visitor, key: str, backend: Backend, endpoint: str | None
) -> None:
    """The redirect leads to the object, and is kept for half as long as the URL is valid."""
    answer = visitor.get(f"/media/{key}")
    assert answer.status_code == 302
    is_temporary = "X-Amz-Security-Token=" in answer.location
    assert is_temporary is (endpoint is None)
    valid_seconds = TEMPORARY_SECONDS if is_temporary else SIGNED_SECONDS
    assert answer.headers["Cache-Control"] == f"public, max-age={valid_seconds // 2}"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert f"X-Amz-Expires={SIGNED_SECONDS}" in answer.location
    policy = visitor.get("/").headers["Content-Security-Policy"]
    assert f"img-src 'self' {'/'.join(answer.location.split('/')[:3])};" in policy
    if endpoint:
        response = requests.get(answer.location, timeout=10)
        assert response.content == backend.objects.get(key)
        assert response.headers["Content-Type"] == "image/jpeg"
        head = visitor.client.open(f"/media/{key}", method="HEAD").location
        assert requests.head(head, timeout=10).status_code == 200
        assert requests.get(answer.location.partition("?")[0], timeout=10).status_code == 403


@presigned
def test_a_signed_url_of_a_hidden_photo_reads_nothing(
    visitor: Visitor, photo_id: str, key: str, endpoint: str | None
) -> None:
    """Its object is under another key as soon as the photo is hidden."""
    url = visitor.get(f"/media/{key}").location
    change(visitor, photo_id, "hide")
    if endpoint:
        assert requests.get(url, timeout=10).status_code == 404


@through_app
def test_the_app_sends_the_photo(visitor: Visitor, key: str, backend: Backend) -> None:
    """Whole, as HEAD, as a range, or not again if the browser has it."""
    body, path = backend.objects.get(key), f"/media/{key}"
    whole = visitor.get(path)
    assert (whole.status_code, whole.data) == (200, body)
    assert whole.headers["Content-Length"] == str(len(body))
    assert whole.headers["Content-Type"] == "image/jpeg"
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert whole.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    head = visitor.client.open(path, method="HEAD")
    assert (head.status_code, head.data) == (200, b"")
    known = visitor.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    for header, part in (("0-9", body[:10]), ("10-", body[10:]), ("-5", body[-5:])):
        answer = visitor.get(path, headers={"Range": f"bytes={header}"})
        assert (answer.status_code, answer.data) == (206, part), header
        assert answer.headers["Content-Range"].endswith(f"/{len(body)}")
    beyond = visitor.get(path, headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{len(body)}"
    for ignored in ("bytes=9-1", "bytes=0-1,3-4", "lines=0-1", "bytes=" + "9" * 400):
        assert visitor.get(path, headers={"Range": ignored}).status_code == 200, ignored
    most = "9" * 20
    assert visitor.get(path, headers={"Range": f"bytes=1-{most}"}).data == body[1:]
    assert visitor.get(path, headers={"Range": f"bytes=-{most}"}).data == body
    assert visitor.get(path, headers={"Range": f"bytes={most}-"}).status_code == 416


@through_app
@pytest.mark.parametrize(
    "etags", ['"a", "b"', "no quotation marks", '"' + "a" * 5000 + '"', 'W/"\xe9"', '"']
)
def test_other_conditions_are_ignored(visitor: Visitor, key: str, etags: str) -> None:
    """Stores parse them differently, and the photo is sent anyway."""
    assert visitor.get(f"/media/{key}", headers={"If-None-Match": etags}).status_code == 200


@through_app
@pytest.mark.parametrize("etags", ["*", '"a", {}', 'W/{}, "b"', '"a",{},"b"'])
def test_a_browser_with_one_of_several_versions_gets_304(
    visitor: Visitor, key: str, etags: str
) -> None:
    """Whatever the store makes of a list, which proxies send."""
    path = f"/media/{key}"
    known = {"If-None-Match": etags.format(visitor.get(path).headers["ETag"])}
    answer = visitor.get(path, headers=known)
    assert (answer.status_code, answer.data) == (304, b"")


@through_app
def test_few_large_files_are_sent_at_once(
    visitor: Visitor, key: str, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server would store those that clients do not read. A finished one makes room."""
    monkeypatch.setattr(large_files, "MAX_STORED", 10)
    monkeypatch.setattr(large_files, "MAX_UNCOUNTED", 10)
    path, body = f"/media/{key}", backend.objects.get(key)
    unread = [visitor.client.get(path) for _ in range(large_files.MAX_FILES_PER_ADDRESS)]
    assert [answer.status_code for answer in unread] == [200, 200]
    assert visitor.get(path).status_code == 503
    assert visitor.get(path, headers={"Range": "bytes=0-9"}).data == body[:10]
    for answer in unread:
        assert answer.data == body
        answer.close()
    for _ in range(large_files.MAX_FILES + 1):
        assert visitor.get(path).data == body


@through_app
def test_head_of_a_large_file_leaves_nothing_behind(
    visitor: Visitor, key: str, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No thread closes the connection later, and any number may be asked about."""
    monkeypatch.setattr(large_files, "MAX_STORED", 10)
    monkeypatch.setattr(large_files, "MAX_UNCOUNTED", 10)
    before = threading.active_count()
    answers = [visitor.client.open(f"/media/{key}", method="HEAD") for _ in range(5)]
    size = str(len(backend.objects.get(key)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert {answer.headers["Content-Length"] for answer in answers} == {size}
    assert threading.active_count() == before


@pytest.mark.parametrize("endpoint", ["moto"], indirect=True)
@through_app
def test_files_that_clients_do_not_read_take_bounded_space(
    app: Flask, key: str, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked for, by whom. Small files are sent all the same."""
    body = os.urandom(8_000_000)
    backend.objects.put(key, body)
    monkeypatch.setattr(unsent_space, "MAX_UNSENT", 30_000_000)
    monkeypatch.setattr(unsent_space, "MAX_UNSENT_PER_ADDRESS", 20_000_000)
    get = f"GET /media/{key} HTTP/1.1\r\nHost: localhost\r\n"
    with live_server(app) as server, ExitStack() as clients:
        for number in range(20):
            client = clients.enter_context(connect(server, f"127.0.0.{number % 4 + 1}"))
            client.sendall(f"{get}\r\n".encode())
            assert client.recv(9) == b"HTTP/1.1 "
        until(lambda: sum(bool(c.requests) for c in server.connections) <= large_files.MAX_FILES)
        assert sum(c.total_outbufs_len for c in server.connections) <= 31_000_000
        part = f"{get}Range: bytes=0-9\r\nConnection: close\r\n\r\n"
        assert exchange(server, part.encode()).endswith(body[:10])
        clients.close()
        until(lambda: not server.connections)


@pytest.mark.parametrize("endpoint", ["seaweedfs"], indirect=True)
@through_app
def test_every_read_and_change_fits_into_its_deadline(
    visitor: Visitor, photo_id: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No attempt starts that could end after the deadline, and a read of a store may take long."""
    monkeypatch.setattr("app.web.middleware.request_deadline.set_deadline", set_deadline)
    monkeypatch.setattr("app.services.upload_service.timeout", timeout)
    other_id = upload(visitor, title="Door")
    files = f"/photos/{other_id}/files/{object_keys.name_of(key)}"
    for path in (f"/media/{key}", "/download.zip?in=tag:sea", "/readyz"):
        assert visitor.get(path).status_code == 200, path
    change(visitor, other_id, "hide")
    assert visitor.get(files).status_code == 200
    for verb in ("unhide", "delete", "restore"):
        change(visitor, other_id, verb)


@through_app
def test_a_photo_behind_a_proxy_is_cached_for_an_hour(
    config: Config, services: Services, key: str
) -> None:
    visitor = Visitor(create_app(replace(config, proxy_hops=1), services))
    assert visitor.get(f"/media/{key}").headers["Cache-Control"] == "public, max-age=3600"


@either
def test_only_public_images_have_addresses(
    visitor: Visitor, photo_id: str, backend: Backend
) -> None:
    """Every other key is not found, private objects and sidecars included."""
    change(visitor, photo_id, "hide")
    private = [found.key for found in backend.objects.list("")]
    assert len(private) > 3
    names = ("record.json", "..%2f320.jpg", "%2e%2e", "320.exe", "320", "A" * 300 + ".jpg")
    others = [f"photos/{NONE[-1]}/{NONE}/{name}" for name in names]
    others += [f"photos/{photo_id}/320.jpg", f"photos/-/{photo_id}/320.jpg", f"photos/{photo_id}"]
    others += ["photos/e/probe/320.jpg", "photos///320.jpg", object_keys.sidecar(photo_id)]
    for other in (*private, *others):
        assert visitor.get(f"/media/{other}").status_code == 404, other


@through_app
def test_a_missing_photo_is_not_found(visitor: Visitor) -> None:
    assert visitor.get(f"/media/{object_keys.rendition(NONE, 320)}").status_code == 404


@pytest.mark.parametrize("endpoint", ["moto"], indirect=True)
@through_app
def test_an_outage_is_no_missing_photo(visitor: Visitor, key: str) -> None:
    """A bucket that is gone is an error of the site."""
    bucket = boto3.resource("s3").Bucket(BUCKET)
    bucket.objects.delete()
    bucket.delete()
    assert visitor.get(f"/media/{key}").status_code == 503


@pytest.mark.parametrize("endpoint", ["seaweedfs"], indirect=True)
@either
def test_audit_reads_what_browsers_read(app: Flask, photo_id: str, backend: Backend) -> None:
    """It follows the redirect to a signed URL."""
    audited = run(app, "audit")
    count = len(backend.catalog.get(photo_id).object_keys)
    assert audited.output.endswith(f"{count} objects read: 0 findings.\n")
    assert object_keys.PUBLIC_PREFIX not in audited.output
