"""The embedded home's photos, as browsers read them."""

from dataclasses import replace
from pathlib import Path

import pytest

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.services.photo_service import PhotoService
from tests.backends import local_backend
from tests.conftest import service_of
from tests.visitor import Visitor


@pytest.fixture
def service(tmp_path: Path, config: Config) -> PhotoService:
    return service_of(local_backend(tmp_path), config)


@pytest.fixture
def visitor(config: Config, service: PhotoService) -> Visitor:
    return Visitor(create_app(config, service))


def test_a_rendition_may_be_kept_for_ever(visitor: Visitor) -> None:
    """A rendition is a JPEG that browsers keep for a year, show, and cannot be talked into running."""
    answer = visitor.get(f"/media/{object_keys.rendition(visitor.add(), 160)}")
    assert answer.status_code == 200
    assert answer.content_type == "image/jpeg"
    assert answer.headers["Content-Disposition"] == "inline"
    assert {"public", "immutable", "max-age=31536000"} <= set(
        answer.headers["Cache-Control"].split(", ")
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_photos_are_found_in_a_folder_beside_where_the_site_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `make run`, which keeps them in ./data and names no folder."""
    monkeypatch.chdir(tmp_path)
    visitor = Visitor(create_app(Config()))
    assert visitor.get(f"/media/{object_keys.rendition(visitor.add(), 160)}").status_code == 200


def test_an_original_is_saved_under_its_photos_id(visitor: Visitor) -> None:
    """An original is a download, called by the photo's id and nothing that anyone typed."""
    photo_id = visitor.add(title="My name and address")
    answer = visitor.get(f"/media/{object_keys.original(photo_id, 'image/jpeg')}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{photo_id}.jpg"'


def test_a_photo_may_be_read_in_ranges(visitor: Visitor) -> None:
    """A download that broke off goes on where it stopped."""
    key = object_keys.original(visitor.add(), "image/jpeg")
    answer = visitor.get(f"/media/{key}", headers={"Range": "bytes=0-1"})
    assert answer.status_code == 206
    assert answer.data == b"\xff\xd8"


def test_nothing_but_photos_is_served(
    visitor: Visitor, service: PhotoService, tmp_path: Path
) -> None:
    """Records, the trash, the catalog and the secret are out of reach, by any spelling of their paths."""
    photo = service.get(visitor.add())
    (tmp_path / "secret_key").write_text("secret")
    visitor.submit(f"/photos/{visitor.add()}/delete")
    trashed = next(service.objects.list(object_keys.TRASH_PREFIX)).key
    for path in (
        object_keys.sidecar(photo.photo_id),
        trashed,
        f"photos/../{object_keys.sidecar(photo.photo_id)}",
        f"photos/%2e%2e/{object_keys.sidecar(photo.photo_id)}",
        f"photos/{photo.photo_id}/..%2f..%2frecords%2f{photo.photo_id}.json",
        "photos/../../secret_key",
        "../catalog.sqlite3",
        "photos/",
        f"photos/{photo.photo_id}",
        f"photos/{photo.photo_id}/nothing.jpg",
    ):
        assert visitor.get(f"/media/{path}").status_code == 404, path


def test_no_cookie_goes_out_with_what_caches_keep(config: Config, service: PhotoService) -> None:
    """Neither photos nor static files carry a session or depend on one, even for the admin."""
    visitor = Visitor(create_app(replace(config, admin_password="let me rule"), service))
    photo_id = visitor.add()
    visitor.submit("/login", password="let me rule")
    stylesheet = visitor.get("/").text.split('rel="stylesheet" href="')[1].split('"')[0]
    for path in (stylesheet, f"/media/{object_keys.rendition(photo_id, 160)}"):
        headers = visitor.get(path).headers
        assert "public" in headers["Cache-Control"]
        assert "Set-Cookie" not in headers
        assert "Cookie" not in headers.get("Vary", "")


def test_static_files_are_kept_for_a_year_by_their_hash(visitor: Visitor) -> None:
    """A stylesheet's address carries the hash of all; another version's is answered, but not kept."""
    page = visitor.get("/").text
    path = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in visitor.get(path).headers["Cache-Control"]
    version = path.split("/")[2]
    other = visitor.get(path.replace(version, "0" * len(version)))
    assert other.status_code == 200
    assert "immutable" not in other.headers["Cache-Control"]
    assert visitor.get(f"/static/{version}/../app/config.py").status_code == 404


def test_the_aws_home_serves_no_media(config: Config, service: PhotoService) -> None:
    """Where photos lie in a bucket the app has no way to them."""
    app = create_app(replace(config, photo_bucket="a-bucket"), service)
    assert not [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/media")]
