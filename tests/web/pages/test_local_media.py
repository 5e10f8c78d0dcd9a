"""The photos of the local backend.

Covers app.web.rendering.static_files.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Response

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.image.rendition_sizes import AVIF
from app.services.factory import Services
from app.services.photo_service import PhotoService
from app.web.file_ranges import send_range
from tests.backends import Backend, local_backend
from tests.sample_images import jpeg
from tests.visitor import Visitor


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.fixture
def visitor(config: Config, services: Services) -> Visitor:
    return Visitor(create_app(config, services))


def test_rendition_is_cached_for_a_year(visitor: Visitor) -> None:
    """A rendition is a JPEG that is shown and never run, and other sites may embed it."""
    answer = visitor.get(f"/media/{object_keys.rendition(visitor.add(), 160)}")
    assert answer.status_code == 200
    assert answer.content_type == "image/jpeg"
    assert answer.headers["Content-Disposition"] == "inline"
    assert {"public", "immutable", "max-age=31536000"} <= set(
        answer.headers["Cache-Control"].split(", ")
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_an_avif_has_its_content_type(visitor: Visitor) -> None:
    """Browsers show an AVIF only under its own type, since `nosniff` is set."""
    photo_id = visitor.upload(jpeg(320, 240)).location.rpartition("/")[2]
    answer = visitor.get(f"/media/{object_keys.rendition(photo_id, 320, AVIF)}")
    assert (answer.status_code, answer.content_type) == (200, "image/avif")
    assert answer.headers["Content-Disposition"] == "inline"


def test_a_photo_behind_a_proxy_is_cached_for_an_hour(config: Config, services: Services) -> None:
    """The proxy's cache may show a deleted photo for as long."""
    visitor = Visitor(create_app(replace(config, proxy_hops=1), services))
    answer = visitor.get(f"/media/{object_keys.rendition(visitor.add(), 160)}")
    directives = answer.headers["Cache-Control"].split(", ")
    assert sorted(directives) == ["max-age=3600", "public"]


def test_relative_photo_folder_is_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make run` stores photos in ./data."""
    monkeypatch.chdir(tmp_path)
    visitor = Visitor(create_app(Config()))
    assert visitor.get(f"/media/{object_keys.rendition(visitor.add(), 160)}").status_code == 200


def test_original_is_downloaded_under_the_photo_id(visitor: Visitor) -> None:
    """The file name contains nothing that a visitor typed."""
    photo_id = visitor.add(title="My name and address")
    answer = visitor.get(f"/media/{object_keys.original(photo_id, 'image/jpeg')}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{photo_id}.jpg"'


def test_photo_can_be_read_in_ranges(visitor: Visitor) -> None:
    """An interrupted download continues where it stopped."""
    key = object_keys.original(visitor.add(), "image/jpeg")
    answer = visitor.get(f"/media/{key}", headers={"Range": "bytes=0-1"})
    assert answer.status_code == 206
    assert answer.data == b"\xff\xd8"


def test_photo_that_is_deleted_before_its_range_is_read_is_not_found(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = object_keys.original(visitor.add(), "image/jpeg")

    def delete_and_send(response: Response, path: Path, positions: range) -> None:
        backend.objects.delete([key])
        send_range(response, path, positions)

    monkeypatch.setattr("app.web.pages.local_media.send_range", delete_and_send)
    answer = visitor.get(f"/media/{key}", headers={"Range": "bytes=0-1"})
    assert answer.status_code == 404


def test_photo_that_is_deleted_before_it_is_opened_is_not_found(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flask has just seen the file."""
    monkeypatch.setattr("os.path.isfile", lambda _path: True)
    key = object_keys.original("01ARZ3NDEKTSV4RRFFQ69G5FAV", "image/jpeg")
    assert visitor.get(f"/media/{key}").status_code == 404


def test_only_photos_are_served(
    visitor: Visitor, service: PhotoService, backend: Backend, tmp_path: Path
) -> None:
    """Sidecars, trash, catalog and secret key are a 404 by any spelling of their paths."""
    photo = service.get(visitor.add())
    folder = object_keys.folder(photo.photo_id, object_keys.PUBLIC_PREFIX)
    (tmp_path / "secret_key").write_text("secret")
    visitor.submit(f"/photos/{visitor.add()}/delete")
    trashed = next(backend.objects.list(object_keys.TRASH_PREFIX)).key
    for path in (
        object_keys.sidecar(photo.photo_id),
        trashed,
        f"photos/../{object_keys.sidecar(photo.photo_id)}",
        f"photos/%2e%2e/{object_keys.sidecar(photo.photo_id)}",
        f"{folder}..%2f..%2f..%2f{object_keys.sidecar(photo.photo_id).replace('/', '%2f')}",
        "photos/../../secret_key",
        "../catalog.sqlite3",
        "photos/",
        folder,
        folder.rstrip("/"),
        f"{folder}nothing.jpg",
        f"photos/{photo.photo_id}/320.jpg",
    ):
        assert visitor.get(f"/media/{path}").status_code == 404, path


def test_cached_responses_have_no_cookie(config: Config, services: Services) -> None:
    """Photos and static files neither set nor vary by a session, even for the admin."""
    visitor = Visitor(create_app(replace(config, admin_password="let me rule"), services))
    photo_id = visitor.add()
    visitor.submit("/login", password="let me rule")
    stylesheet = visitor.get("/").text.split('rel="stylesheet" href="')[1].split('"')[0]
    for path in (stylesheet, f"/media/{object_keys.rendition(photo_id, 160)}"):
        headers = visitor.get(path).headers
        assert "public" in headers["Cache-Control"]
        assert "Set-Cookie" not in headers
        assert "Cookie" not in headers.get("Vary", "")


def test_static_files_are_cached_for_a_year_by_their_hash(visitor: Visitor) -> None:
    """A URL with the hash of another version is answered, but not cached."""
    page = visitor.get("/").text
    path = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in visitor.get(path).headers["Cache-Control"]
    version = path.split("/")[2]
    other = visitor.get(path.replace(version, "0" * len(version)))
    assert other.status_code == 200
    assert "immutable" not in other.headers["Cache-Control"]
    assert visitor.get(f"/static/{version}/../app/config.py").status_code == 404


def test_aws_backend_serves_no_media(config: Config, services: Services, backend: Backend) -> None:
    """With a bucket the app has no route for photos."""
    app = create_app(replace(config, photo_bucket="a-bucket"), services)
    assert not [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/media")]


def test_no_text_of_a_deleted_photo_is_in_any_file(visitor: Visitor, tmp_path: Path) -> None:
    """After a permanent deletion, no file has its title, description or tags, the log included."""
    visitor.upload(jpeg(320, 240), title="Harbor")
    words = {"title": "Quetzalcoatl", "description": "xylophones", "tags": "zanzibar"}
    photo_id = visitor.upload(jpeg(330, 240), **words).location.rpartition("/")[2]
    assert words_in_files(tmp_path) == {"quetzal", "xylo", "zanzi"}
    visitor.submit(f"/photos/{photo_id}/delete")
    visitor.submit(f"/photos/{photo_id}/purge")
    assert words_in_files(tmp_path) == set()


def words_in_files(folder: Path) -> set[str]:
    """Return the words of the deleted photo that are in a file."""
    contents = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()).lower()
    return {word for word in ("quetzal", "xylo", "zanzi") if word.encode() in contents}
