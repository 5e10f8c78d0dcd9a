"""Tests of export and import.

Covers app.maintenance.import_folder, app.maintenance.static_gallery.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.photo import Photo
from app.domain.upload import PhotoText
from app.maintenance import RebuildOutcome, export, import_export, static_gallery
from app.services.photo_service import PhotoService
from app.storage.local.folder import LocalObjectStore
from tests.backends import Backend, local_backend
from tests.cli.test_cli import run
from tests.conftest import services_of
from tests.maintenance.conftest import add, contents, plain_services
from tests.visitor import Visitor


@pytest.fixture
def elsewhere(tmp_path: Path) -> Backend:
    """An empty backend."""
    return local_backend(tmp_path / "elsewhere")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "export"


class Links(HTMLParser):
    """Collect the links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"src", "href"} and value]


def test_an_export_comes_back_the_same(
    app: Flask,
    backend: Backend,
    collection: list[Photo],
    folder: Path,
    elsewhere: Backend,
    config: Config,
) -> None:
    """An imported export has the same records, listings, counts and object bodies."""
    assert run(app, "export", str(folder)).exit_code == 0
    other = create_app(config, plain_services(elsewhere))
    imported = run(other, "import", str(folder))
    assert (
        imported.output == "6 added, 0 updated, 0 completed, 0 unchanged, 0 expired, 0 skipped.\n"
    )
    assert contents(elsewhere) == contents(backend)
    assert (
        "0 added, 0 updated, 0 completed, 6 unchanged" in run(other, "import", str(folder)).output
    )
    assert "No problems found." in run(other, "check", "--sidecars", "--stopped").output


def test_an_export_comes_back_into_a_lost_bucket(
    backend: Backend,
    collection: list[Photo],
    folder: Path,
    lose_catalog: Callable[[], None],
) -> None:
    """An import restores all objects and records after both are lost."""
    list(export(backend, LocalObjectStore(folder)))
    before = contents(backend)
    backend.objects.delete([stored.key for stored in list(backend.objects.list(""))])
    lose_catalog()
    list(import_export(plain_services(backend), LocalObjectStore(folder)))
    assert contents(backend) == before


def test_an_export_fills_an_empty_bucket(
    backend: Backend, service: PhotoService, collection: list[Photo], folder: Path
) -> None:
    """An import restores all objects of photos that the catalog has, edited or deleted."""
    list(export(backend, LocalObjectStore(folder)))
    service.update(collection[0].photo_id, collection[0].version, PhotoText(title="Later"))
    service.delete(collection[4].photo_id)
    before = contents(backend)
    backend.objects.delete([stored.key for stored in list(backend.objects.list(""))])
    assert import_again(backend, folder) == {RebuildOutcome.COMPLETED}
    assert contents(backend) == before
    assert import_again(backend, folder) == {RebuildOutcome.UNCHANGED}


def import_again(backend: Backend, folder: Path) -> set[RebuildOutcome]:
    results = import_export(plain_services(backend), LocalObjectStore(folder))
    return {result.outcome for result in results}


def test_export_pages_need_nothing_but_the_folder(
    app: Flask, collection: list[Photo], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages link only to files of the export, escape text and list every public photo."""
    monkeypatch.setattr(static_gallery, "_PAGE_SIZE", 2)
    exported = run(app, "export", str(folder))
    pages = [folder / name for name in ("index.html", "page-2.html", "page-3.html")]
    links = [link for page in pages for link in Links(page.read_text()).found]
    assert all((folder / link).is_file() for link in links)
    originals = [link for link in links if "/original." in link]
    assert originals == [
        photo.object_keys[-1] for photo in reversed(collection) if photo != collection[2]
    ]
    text = "".join(page.read_text() for page in pages)
    assert "Two\nlines &amp; &lt;more&gt;" in text
    assert "<script" not in text
    assert "5 public photos" in exported.output


def test_the_pages_show_rotated_photos(app: Flask, folder: Path) -> None:
    """A rotated photo has other files."""
    visitor = Visitor(app)
    photo_id = visitor.add()
    visitor.post(f"/photos/{photo_id}/rotate", visitor.fields(f"/photos/{photo_id}"))
    run(app, "export", str(folder))
    links = Links((folder / "index.html").read_text()).found
    assert any(link.endswith("-1.jpg") for link in links)
    assert all((folder / link).is_file() for link in links)


def test_one_json_a_photo(app: Flask, collection: list[Photo], folder: Path) -> None:
    """Each photo has a JSON file with its record."""
    run(app, "export", str(folder))
    record = json.loads((folder / object_keys.sidecar(collection[0].photo_id)).read_text())
    assert (record["title"], record["tags"]) == ("Edited", ["land", "café"])


def test_an_export_goes_on_where_it_stopped(
    backend: Backend, collection: list[Photo], folder: Path
) -> None:
    """A second export copies only the objects that are missing."""
    target = LocalObjectStore(folder)
    list(export(backend, target))
    gone = [object_keys.rendition(collection[4].photo_id, 320), collection[5].object_keys[-1]]
    target.delete(gone)
    assert sum(done.copied for done in export(backend, target)) == len(gone)
    assert sum(done.copied for done in export(backend, target)) == 0


def test_an_export_follows_edits_deletions_and_restorations(
    service: PhotoService, backend: Backend, collection: list[Photo], folder: Path
) -> None:
    """An updated export equals a new one."""
    target = LocalObjectStore(folder)
    list(export(backend, target))
    service.update(collection[0].photo_id, collection[0].version, PhotoText(title="Later"))
    service.delete(collection[1].photo_id)
    service.restore(collection[2].photo_id)
    list(export(backend, target))
    assert {stored.key: target.get(stored.key) for stored in target.list("")} == contents(backend)[
        -1
    ]


def test_an_export_of_a_photo_that_is_not_whole(app: Flask, backend: Backend, folder: Path) -> None:
    """A missing object is reported, and everything else is exported."""
    broken, whole = add(backend), add(backend)
    backend.objects.delete([broken.object_keys[0]])
    exported = run(app, "export", str(folder))
    assert f"missing object: {broken.object_keys[0]}" in exported.output
    assert exported.exit_code == 1
    assert all((folder / key).is_file() for key in whole.object_keys)
    assert broken.photo_id not in (folder / "index.html").read_text()


@pytest.mark.parametrize("change", ["delete", "purge"])
def test_a_photo_deleted_while_it_is_exported(
    service: PhotoService,
    backend: Backend,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    """A photo that is deleted during the export is exported from the trash or not at all."""
    photo = add(backend)
    listed = list(backend.catalog.photos())
    trashed = service.delete(photo.photo_id)
    if change == "purge":
        backend.catalog.delete(trashed)
        backend.objects.delete([stored.key for stored in list(backend.objects.list("trash/"))])
    monkeypatch.setattr(backend.catalog, "photos", lambda: iter(listed))
    assert [done.missing for done in export(backend, LocalObjectStore(folder))] == [""]
    exported = {stored.key for stored in LocalObjectStore(folder).list("")}
    assert exported == {stored.key for stored in backend.objects.list("")}


@pytest.mark.parametrize("target", ["", "..", "objects", "objects/photos"])
def test_an_export_among_the_files_of_the_site_is_refused(
    app: Flask, config: Config, target: str
) -> None:
    """It would copy each object onto itself, and be no backup."""
    folder = config.photo_dir / target
    refused = run(app, "export", str(folder))
    assert refused.exit_code == 2
    assert "Export to a folder outside PHOTO_DIR" in refused.output
    assert not (folder / "index.html").exists()


def test_an_export_to_the_objects_is_refused_behind_a_link(
    app: Flask, config: Config, collection: list[Photo], tmp_path: Path
) -> None:
    """The objects may be on another disk, and PHOTO_DIR have a link to them."""
    objects = config.photo_dir / "objects"
    objects.mkdir(exist_ok=True)
    disk = tmp_path / "disk"
    shutil.move(objects, disk)
    objects.symlink_to(disk)
    for folder in (disk, disk / "photos"):
        refused = run(app, "export", str(folder))
        assert refused.exit_code == 2
        assert "Export to a folder outside PHOTO_DIR" in refused.output
    assert run(app, "export", str(tmp_path / "export")).exit_code == 0


def test_an_export_among_the_files_of_the_catalog_is_refused(
    config: Config, backend: Backend
) -> None:
    """A site whose photos are in a bucket has its catalog in PHOTO_DIR."""
    site = create_app(replace(config, photo_bucket="photos"), services_of(backend, config))
    for folder in (config.photo_dir, config.photo_dir.parent):
        refused = run(site, "export", str(folder))
        assert refused.exit_code == 2
        assert "Export to a folder outside PHOTO_DIR" in refused.output
        assert not (folder / "index.html").exists()
