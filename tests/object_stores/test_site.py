"""The whole site with photos in an object store and its catalog in SQLite.

Covers app.domain.media.reads.
"""

from dataclasses import replace
from io import BytesIO

import pytest
import requests
from flask import Flask

from app import create_app
from app.backends import build_backend
from app.config import Config
from app.domain import object_keys
from app.domain.photo_summary import PhotoState
from app.domain.upload import PhotoText, UploadRequest
from app.services.factory import Services
from tests.backends import Backend
from tests.cli.test_cli import run
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

pytestmark = pytest.mark.exhaustive("object stores")


def keys_of(backend: Backend) -> set[str]:
    return {found.key for found in backend.objects.list("")}


def upload(visitor: Visitor, **typed: str) -> str:
    """Upload a photo and return its id."""
    location = visitor.upload(jpeg(330, 240), **typed).location
    return location.rpartition("/")[2].partition("?")[0]


def change(visitor: Visitor, photo_id: str, verb: str) -> None:
    answer = visitor.post(f"/photos/{photo_id}/{verb}", visitor.fields("/upload"))
    assert answer.status_code == 303, (verb, answer.text)


def test_an_uploaded_photo_is_everywhere(visitor: Visitor, backend: Backend) -> None:
    """Its page, the gallery, its tag, a search and the JSON show it, and its objects are stored."""
    photo_id = upload(visitor, title="Pier at dusk", tags="sea")
    for path in ("/", "/tags/sea", "/search?q=pier", f"/photos/{photo_id}"):
        assert "Pier at dusk" in visitor.get(path).text, path
    photo = backend.catalog.get(photo_id)
    assert keys_of(backend) == {*photo.object_keys, object_keys.sidecar(photo_id)}
    assert visitor.get("/readyz").status_code == 200


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_private_objects_are_not_under_the_public_prefix(
    visitor: Visitor, backend: Backend, verb: str
) -> None:
    """A hidden or deleted photo has no object that the policy makes public."""
    photo_id = upload(visitor, title="Pier")
    change(visitor, photo_id, verb)
    photo = backend.catalog.get(photo_id)
    assert photo.state in {PhotoState.HIDDEN, PhotoState.TRASHED}
    assert {key.partition("/")[0] + "/" for key in keys_of(backend)} == {photo.state.prefix}
    assert len(keys_of(backend)) == len(photo.object_keys) + 1
    if photo.state is PhotoState.HIDDEN:
        name = object_keys.name_of(photo.object_keys[0])
        own = visitor.get(f"/photos/{photo_id}/files/{name}")
        assert (own.status_code, own.data[:2]) == (200, b"\xff\xd8")
        assert Visitor(visitor.app).get(f"/photos/{photo_id}/files/{name}").status_code == 404


def test_a_deleted_photo_comes_back_and_goes_for_ever(visitor: Visitor, backend: Backend) -> None:
    """Restoring copies its objects back; deleting permanently leaves none."""
    photo_id = upload(visitor, title="Pier")
    before = keys_of(backend)
    for verb in ("delete", "restore"):
        change(visitor, photo_id, verb)
    assert {key for key in keys_of(backend) if not key.startswith("trash/")} == before
    change(visitor, photo_id, "delete")
    visitor.submit(f"/photos/{photo_id}/purge")
    assert keys_of(backend) == set()


def test_a_rotated_photo_has_new_objects(visitor: Visitor, backend: Backend) -> None:
    """Objects are immutable, so the earlier ones are replaced by others."""
    photo_id = upload(visitor, title="Pier")
    before = keys_of(backend)
    form = visitor.fields(f"/photos/{photo_id}") | {"direction": "left"}
    assert visitor.post(f"/photos/{photo_id}/rotate", form).status_code == 303
    photo = backend.catalog.get(photo_id)
    assert keys_of(backend) == {*photo.object_keys, object_keys.sidecar(photo_id)} != before


def test_a_pending_photo_is_private(services: Services, backend: Backend) -> None:
    """Until it is approved, its objects are under `pending/`."""
    upload = UploadRequest(
        file=BytesIO(jpeg(330, 240)),
        filename="a.jpg",
        text=PhotoText(title="Pier").validated(),
        owner="0" * 32,
        upload_id="form",
        awaiting_review=True,
    )
    photo = services.uploads.publish(upload).photo
    assert {key.partition("/")[0] for key in keys_of(backend)} == {"pending"}
    services.reviews.approve(photo.photo_id)
    assert {key.partition("/")[0] for key in keys_of(backend)} == {"photos", "records"}


def test_photos_are_downloaded_as_one_file(visitor: Visitor) -> None:
    """A ZIP file is read from the bucket."""
    upload(visitor, title="Pier", tags="sea")
    archive = visitor.get("/download.zip?in=tag:sea")
    assert archive.status_code == 200
    assert archive.data[:4] == b"PK\3\4"
    assert len(archive.data) > len(jpeg(330, 240)) / 2


def test_everyone_reads_public_photos_and_no_others(
    visitor: Visitor, backend: Backend, config: Config
) -> None:
    """The addresses on pages are those of the bucket, of which `photos/` is public alone."""
    photo_id = upload(visitor, title="Pier")
    key = backend.catalog.get(photo_id).object_keys[-1]
    url = visitor.get(f"/photos/{photo_id}", headers=JSON).json["photo"]["original_url"]
    assert url == backend.objects.url(key)
    if config.aws_endpoint_url_s3 is None:  # moto answers boto3 only
        return
    response = requests.get(url, timeout=10)
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.content == backend.objects.get(key)
    change(visitor, photo_id, "delete")
    for private in (*keys_of(backend), key):
        assert requests.get(backend.objects.url(private), timeout=10).status_code in {403, 404}


def test_images_of_the_bucket_are_allowed(visitor: Visitor, backend: Backend) -> None:
    """The Content-Security-Policy names the origin of the bucket."""
    origin = "/".join(backend.objects.url("").split("/")[:3])
    policy = visitor.get("/").headers["Content-Security-Policy"]
    assert f"img-src 'self' {origin};" in policy


@pytest.mark.parametrize("endpoint", ["moto"], indirect=True)
def test_pages_work_without_the_bucket(visitor: Visitor, config: Config) -> None:
    """The catalog is on this machine. An upload gets a 503, and /readyz names the bucket."""
    photo_id = upload(visitor, title="Pier", tags="sea")
    gone = replace(config, aws_endpoint_url_s3="http://127.0.0.1:9")
    backend = Backend.of(build_backend(gone), "object store")
    without = Visitor(create_app(gone, services_of(backend, gone)))
    for path in ("/", "/tags/sea", "/search?q=pier", f"/photos/{photo_id}", "/feed.xml"):
        assert without.get(path).status_code == 200, path
    assert without.upload(jpeg(320, 240), title="Door").status_code == 503
    ready = without.get("/readyz")
    assert (ready.status_code, ready.json["down"]) == (503, ["objects"])


def test_check_finds_no_problem(app: Flask, visitor: Visitor) -> None:
    """After an upload, a hidden and a deleted photo, everything is consistent."""
    upload(visitor, title="Pier", tags="sea")
    for verb in ("hide", "delete"):
        change(visitor, upload(visitor, title="Other"), verb)
    checked = run(app, "check", "--sidecars", "--deep", "--stopped")
    assert (checked.output, checked.exit_code) == ("No problems found.\n", 0)
