"""`rebuild` and `export` keep albums with texts, order, covers and photos.

Covers app.maintenance.albums.rebuild_albums, app.maintenance.albums.export_albums.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.albums.album import AlbumOrder, AlbumVisibility
from app.domain.photo_summary import Role
from app.maintenance import RebuildOutcome, rebuild_albums
from app.services.factory import Services
from tests.backends import Backend, local_backend
from tests.cli.test_cli import run
from tests.maintenance.albums.conftest import LAKE, MakeAlbum, findings
from tests.maintenance.conftest import plain_services


def albums_of(backend: Backend) -> dict[str, tuple[object, ...]]:
    """Return each album with its photos in order, its cover, and whether it is listed."""
    listed = {tile.album.album_id for tile in backend.albums.public(99).tiles}
    found = {}
    for album in backend.albums.all():
        page = backend.albums.page(album.album_id, 99)
        ids = [photo.photo_id for photo in page.summaries]
        cover = page.cover.photo_id if page.cover else None
        found[album.album_id] = (album, ids, cover, album.album_id in listed)
    return found


@pytest.fixture
def filled(services: Services, make_album: MakeAlbum) -> dict[str, str]:
    """Make a public album with a hidden photo, one in another order, and an unlisted one."""
    _, photo_ids = make_album(3)
    services.photos.hide(photo_ids[1], Role.CONTRIBUTOR)
    ordered, _ = make_album(0)
    ordered = services.albums.update(ordered, 1, LAKE, order=AlbumOrder.MANUAL)
    for photo_id in (photo_ids[2], photo_ids[0]):
        services.albums.add(ordered.album_id, photo_id)
    unlisted, _ = make_album(2)
    services.albums.update(unlisted, unlisted.version, LAKE, visibility=AlbumVisibility.UNLISTED)
    return {"public": photo_ids[0], "unlisted": unlisted.album_id}


def test_a_rebuild_brings_albums_back(
    app: Flask,
    backend: Backend,
    filled: dict[str, str],
    lose_catalog: Callable[[], None],
) -> None:
    """A second rebuild changes nothing, and without --apply nothing is changed."""
    before = albums_of(backend)
    lose_catalog()
    assert run(app, "rebuild").output.startswith("Albums: 3 added")
    assert list(backend.albums.all()) == []
    assert run(app, "rebuild", "--apply").exit_code == 0
    assert albums_of(backend) == before
    assert findings(backend) == []
    assert [result.outcome for result in rebuild_albums(backend)] == [RebuildOutcome.UNCHANGED] * 3


def test_a_rebuild_takes_the_newer_record(backend: Backend, make_album: MakeAlbum) -> None:
    """A damaged sidecar is skipped."""
    album, _ = make_album(0)
    damaged, _ = make_album(0)
    newer = album.next_version(title="Sea")
    key = object_keys.album_sidecar(album.album_id)
    backend.objects.put(key, json.dumps(newer.to_dict()).encode())
    backend.objects.put(object_keys.album_sidecar(damaged.album_id), b"{")
    outcomes = {result.photo_id: result.outcome for result in rebuild_albums(backend)}
    assert outcomes == {
        album.album_id: RebuildOutcome.UPDATED,
        damaged.album_id: RebuildOutcome.SKIPPED,
    }
    assert backend.albums.get(album.album_id) == newer


def test_an_export_keeps_albums(
    app: Flask,
    backend: Backend,
    services: Services,
    filled: dict[str, str],
    tmp_path: Path,
    config: Config,
) -> None:
    """It comes back the same. A public album has a page with its photos, an unlisted one none."""
    folder = tmp_path / "export"
    assert run(app, "export", str(folder)).exit_code == 0
    elsewhere = local_backend(tmp_path / "elsewhere")
    other = create_app(config, plain_services(elsewhere))
    imported = run(other, "import", str(folder))
    assert imported.output.startswith("Albums: 3 added"), imported.output
    assert albums_of(elsewhere) == albums_of(backend)
    assert findings(elsewhere) == []
    pages = {path.name: path.read_text() for path in folder.glob("*.html")}
    public = [tile.album.album_id for tile in backend.albums.public(9).tiles]
    assert set(pages) == {"index.html", *(f"album-{album_id}.html" for album_id in public)}
    assert all(f"album-{album_id}.html" in pages["index.html"] for album_id in public)
    assert all(filled["public"] in pages[f"album-{album_id}.html"] for album_id in public)
    assert not any(filled["unlisted"] in page for page in pages.values())


def test_a_repeated_export_drops_what_is_gone(
    app: Flask, services: Services, make_album: MakeAlbum, tmp_path: Path
) -> None:
    """A deleted album loses its sidecar, and an unlisted one its page."""
    gone, _ = make_album(1)
    unlisted, _ = make_album(1)
    folder = tmp_path / "export"
    run(app, "export", str(folder))
    services.albums.delete(gone)
    services.albums.update(unlisted, unlisted.version, LAKE, visibility=AlbumVisibility.UNLISTED)
    run(app, "export", str(folder))
    kept = [path.name for path in folder.rglob("*") if path.name.startswith("album-")]
    assert kept == []
    sidecars = [path.name for path in (folder / "records" / "albums").iterdir()]
    assert sidecars == [f"{unlisted.album_id}.json"]
