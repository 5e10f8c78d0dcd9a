"""No path reaches a file that is not a public photo."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Config
from app.domain import object_keys
from app.services.photo_service import PhotoService
from tests.backends import Backend, local_backend
from tests.visitor import Visitor


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, upload_password="let me add")


PRIVATE_FILES = ["secret_key", "catalog.sqlite3", "rates.sqlite3", "records/{p}/{id}.json"]
PARENT_SEGMENTS = ["..", "%2e%2e", "%252e%252e", "..%2f", "..%5c", "....//", ".%2e", "%c0%ae%c0%ae"]


@pytest.mark.parametrize("parent", PARENT_SEGMENTS)
def test_paths_do_not_reach_private_files(visitor: Visitor, config: Config, parent: str) -> None:
    """The secret key, the databases and the sidecars are not served, however a path is encoded."""
    visitor.submit("/login", password="let me add")
    photo_id = visitor.add()
    assert (config.photo_dir / "objects" / object_keys.sidecar(photo_id)).is_file()
    partition = object_keys.partition(photo_id)
    files = [name.format(p=partition, id=photo_id) for name in PRIVATE_FILES]
    photo = f"/media/photos/{partition}/{photo_id}"
    folders = (photo, f"/media/photos/{partition}", "/media/photos", "/media", "/static/x")
    for file, folder, depth in itertools.product(files, folders, (1, 2, 3, 4, 5)):
        path = "/".join([folder, *[parent] * depth, file])
        response = visitor.client.get(path, buffered=True)
        assert response.status_code in {301, 308, 400, 404}, path


def test_invalid_object_names_are_not_found(visitor: Visitor) -> None:
    """They are not found and cause no server error."""
    folder = "/media/photos/V/01ARZ3NDEKTSV4RRFFQ69G5FAV"
    names = ("", ".", "..", "%00", "original.jpg%00", "/etc/passwd", "original.jpg/..", "a" * 300)
    for name in names:
        response = visitor.client.get(f"{folder}/{name}", buffered=True)
        assert response.status_code in {308, 404}, name


def test_objects_of_a_trashed_photo_are_not_served(visitor: Visitor, service: PhotoService) -> None:
    """Neither their old keys nor their keys in the trash are served."""
    visitor.submit("/login", password="let me add")
    photo = service.get(visitor.add())
    visitor.submit(f"/photos/{photo.photo_id}/delete")
    for key in photo.object_keys:
        for candidate in (
            key,
            object_keys.moved(key, object_keys.TRASH_PREFIX),
            object_keys.sidecar(photo.photo_id, object_keys.TRASH_PREFIX),
        ):
            assert visitor.client.get(f"/media/{candidate}", buffered=True).status_code == 404


def test_other_files_in_the_public_folder_are_not_served(visitor: Visitor, config: Config) -> None:
    """Only valid photo IDs and object names are served."""
    public = config.photo_dir / "objects" / object_keys.PUBLIC_PREFIX
    public.mkdir(parents=True, exist_ok=True)
    (config.photo_dir / "private.txt").write_text("private")
    for name in ("notes.txt", "private.html", "shell.php"):
        folder = public / "V" / "01ARZ3NDEKTSV4RRFFQ69G5FAV"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("<script>alert(1)</script>")
        response = visitor.client.get(f"/media/photos/V/{folder.name}/{name}", buffered=True)
        assert (
            response.status_code == 404
            or response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        )
