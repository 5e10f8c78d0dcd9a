"""Photos of a private bucket, through the app.

Covers app.web.pages.media.store_media.
"""

from dataclasses import replace

import boto3
import pytest

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.services.deadline import set_deadline, timeout
from app.services.factory import Services
from tests.backends import BUCKET, Backend
from tests.object_stores.reads.markers import NONE, through_app
from tests.object_stores.test_site import change, upload
from tests.visitor import Visitor

pytestmark = [pytest.mark.exhaustive("object stores"), pytest.mark.usefixtures("private_bucket")]


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
