"""Import of a folder that a stranger has prepared: an export, or plain files.

Covers app.maintenance.rebuild.
"""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.image.taken_date import DatePrecision, TakenDate
from app.imaging.privacy_scan import find_private_metadata
from app.services.photo_service import PhotoService
from app.storage.local.folder import LocalObjectStore
from tests.backends import Backend, local_backend
from tests.cli.test_cli import run
from tests.conftest import services_of
from tests.maintenance.changed_exports import (
    change_type,
    copy_secret,
    enlarge,
    link_environment,
    link_original,
    link_photo_folder,
    link_sidecar,
    make_fifo,
    original_in,
)
from tests.sample_images import jpeg, phone_exif
from tests.visitor import Visitor

SECRET = b"the secret key of the site"


@pytest.fixture
def app(config: Config, backend: Backend) -> Flask:
    """The site into which photos are imported, with the real image pipeline."""
    return create_app(config, services_of(backend, config))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside the folder."""
    path = tmp_path / "secret_key"
    path.write_bytes(SECRET)
    return path


@pytest.fixture
def exported(tmp_path: Path, config: Config) -> tuple[Path, str, str]:
    """An export of another site with two photos: the folder and the ids."""
    backend = local_backend(tmp_path / "other")
    other = create_app(config, services_of(backend, config))
    ids = [Visitor(other).add(title=title, tags="sea") for title in ("First", "Second")]
    folder = tmp_path / "export"
    assert run(other, "export", str(folder)).exit_code == 0
    return folder, ids[0], ids[1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (link_original, "original.jpg: This is a symbolic link."),
        (link_environment, "original.jpg: This is a symbolic link."),
        (link_photo_folder, "original.jpg: A folder on its path is a symbolic link."),
        (make_fifo, "original.jpg: This is not a regular file."),
        (copy_secret, "original.jpg: "),
        (enlarge, "original.jpg: Too large"),
        (change_type, "original.jpg: The file is image/png, its record says image/jpeg."),
        (link_sidecar, "its sidecar cannot be used: This is a symbolic link."),
    ],
)
def test_only_photos_inside_an_export_are_imported(
    app: Flask,
    backend: Backend,
    exported: tuple[Path, str, str],
    secret: Path,
    change: Callable[[Path, str, Path], None],
    reason: str,
) -> None:
    """The changed photo is skipped with the file and the reason; the other one is imported."""
    folder, changed, intact = exported
    change(folder, changed, secret)
    imported = run(app, "import", str(folder))
    assert f"{changed} skipped: " in imported.output
    assert reason in imported.output
    assert "1 added, " in imported.output
    assert ", 1 skipped." in imported.output
    assert imported.exit_code == 1
    assert [photo.photo_id for photo in backend.catalog.photos()] == [intact]
    stored = [backend.objects.get(stored.key) for stored in backend.objects.list("")]
    assert not any(SECRET in body or b"PATH=" in body for body in stored)


def test_imported_originals_and_renditions_have_no_location(
    app: Flask, backend: Backend, exported: tuple[Path, str, str]
) -> None:
    """Metadata that was put into the files of an export is removed, as from an upload."""
    folder, changed, _ = exported
    with_location = jpeg(160, 120, exif=phone_exif())
    for path in original_in(folder, changed).parent.iterdir():
        path.write_bytes(with_location)
    assert run(app, "import", str(folder)).exit_code == 0
    for stored in backend.objects.list(object_keys.PUBLIC_PREFIX):
        assert find_private_metadata(backend.objects.get(stored.key)) == set()
    original = backend.objects.get(object_keys.original(changed, "image/jpeg"))
    assert backend.catalog.get(changed).bytes == len(original)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": "x" * 1000}, "The title is"),
        ({"contributor_name": "x" * 61}, "The name is"),
        ({"tags": [f"tag {number}" for number in range(30)]}, "tags"),
        ({"description": "x" * 300_000}, "its sidecar is damaged"),
        ({"owner": "x" * 5000}, "its sidecar is damaged"),
        ({"owner": ""}, "its sidecar is damaged"),
        ({"version": 10**400}, "its sidecar is damaged"),
        ({"version": 2**63 - 1}, "its sidecar is damaged"),
        ({"version": 0}, "its sidecar is damaged"),
        ({"content_type": "application/json"}, "its sidecar is damaged"),
    ],
    ids=["title", "name", "tags", "size", "owner", "no owner", "large", "no edits", "none", "type"],
)
def test_a_sidecar_with_impossible_values_costs_one_photo(
    app: Flask,
    backend: Backend,
    exported: tuple[Path, str, str],
    changes: dict[str, Any],
    problem: str,
) -> None:
    """The photo is skipped with the reason, and the import goes on."""
    folder, changed, intact = exported
    sidecar = folder / object_keys.sidecar(changed)
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | changes))
    imported = run(app, "import", str(folder))
    assert f"{changed} skipped: " in imported.output
    assert problem in imported.output
    assert imported.exit_code == 1
    assert [photo.photo_id for photo in backend.catalog.photos()] == [intact]


@pytest.mark.parametrize(
    ("taken_at", "is_kept"), [("1826-01-01T00:00:00", True), ("1825-12-31T00:00:00", False)]
)
def test_typed_dates_are_imported(
    app: Flask,
    backend: Backend,
    exported: tuple[Path, str, str],
    taken_at: str,
    is_kept: bool,
) -> None:
    """With what is known of them. A photo with an impossible date has none."""
    folder, photo_id, _ = exported
    sidecar = folder / object_keys.sidecar(photo_id)
    date = {"taken_at": taken_at, "taken_precision": "year", "taken_about": True}
    sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | date))
    assert run(app, "import", str(folder)).exit_code == 0
    taken = backend.catalog.get(photo_id).taken
    typed = TakenDate(datetime.fromisoformat(taken_at), DatePrecision.YEAR, is_about=True)
    assert taken == (typed if is_kept else None)


def test_an_import_changes_nothing_in_its_folder(
    app: Flask, exported: tuple[Path, str, str], tmp_path: Path
) -> None:
    """Even files that look like temporary files of a store stay."""
    folder, *_ = exported
    elsewhere = tmp_path / "documents"
    elsewhere.mkdir()
    (elsewhere / "letter").touch()
    os.utime(elsewhere / "letter", (0, 0))
    (folder / ".incoming").rmdir()
    (folder / ".incoming").symlink_to(elsewhere)
    assert run(app, "import", str(folder)).exit_code == 0
    assert (elsewhere / "letter").exists()


def test_a_plain_folder_is_imported_without_links_and_devices(
    app: Flask, service: PhotoService, tmp_path: Path, secret: Path
) -> None:
    """Each file that is left out is named with the reason; the photos are imported."""
    folder = tmp_path / "plain"
    (folder / "2026").mkdir(parents=True)
    (folder / "2026" / "pier.jpg").write_bytes(jpeg())
    (folder / "zoo.jpg").write_bytes(jpeg())
    (tmp_path / "private.jpg").write_bytes(jpeg())
    (folder / "link.jpg").symlink_to(tmp_path / "private.jpg")
    (folder / "secret.jpg").symlink_to(secret)
    (folder / "folder").symlink_to(tmp_path)
    (folder / "nothing.jpg").symlink_to("nowhere")
    (folder / "\x1b[31mempty.jpg").touch()
    os.mkfifo(folder / "fifo.jpg")
    os.truncate(os.open(folder / "huge.jpg", os.O_CREAT | os.O_WRONLY), 10_000_000_000)
    imported = run(app, "import", str(folder))
    assert "2 added, 0 skipped, 7 failed." in imported.output
    assert imported.exit_code == 1
    for name in ("link.jpg", "secret.jpg", "folder", "nothing.jpg"):
        assert f"{name}: This is a symbolic link." in imported.output
    assert "fifo.jpg: This is not a regular file." in imported.output
    assert "huge.jpg: Too large: 10000 MB (limit 2 MB)." in imported.output
    assert "\ufffd[31mempty.jpg: " in imported.output
    photos = service.page(object_keys.PUBLIC_LISTING, 10).summaries
    names = {service.get(photo.photo_id).filename for photo in photos}
    assert names == {"pier.jpg", "zoo.jpg"}


def test_an_export_of_a_store_is_readable_without_changes(
    exported: tuple[Path, str, str], app: Flask
) -> None:
    """An import of an unchanged export stores the same files under the same keys."""
    folder, *_ = exported
    assert run(app, "import", str(folder)).exit_code == 0
    again = folder.parent / "again"
    assert run(app, "export", str(again)).exit_code == 0
    first, second = LocalObjectStore(folder), LocalObjectStore(again)
    bodies = {stored.key: first.get(stored.key) for stored in first.list("")}
    assert {stored.key: second.get(stored.key) for stored in second.list("")} == bodies
