"""`rebuild`, `export` and `import` keep albums with texts, order, covers and photos.

Covers app.maintenance.albums.rebuild_albums, app.maintenance.albums.export_albums,
app.maintenance.albums.imported_memberships.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.albums.album import Album, AlbumOrder, AlbumVisibility
from app.domain.albums.memberships import MAX_ALBUMS, Membership
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import PhotoState, Role
from app.maintenance import RebuildOutcome, import_albums, rebuild_albums
from app.maintenance.albums.imported_memberships import valid_memberships
from app.services.factory import Services
from app.services.ports import StoredObject
from tests.backends import Backend, local_backend, make_photo
from tests.cli.test_cli import run
from tests.maintenance.albums.conftest import LAKE, MakeAlbum, findings
from tests.maintenance.conftest import OWNER, plain_services, publish, upload

ADDED, UNCHANGED, SKIPPED = (
    RebuildOutcome.ADDED,
    RebuildOutcome.UNCHANGED,
    RebuildOutcome.SKIPPED,
)


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
    assert [result.outcome for result in rebuild_albums(backend)] == [UNCHANGED] * 3


def test_a_rebuild_takes_the_newer_record(backend: Backend, make_album: MakeAlbum) -> None:
    """A damaged sidecar is skipped."""
    album, _ = make_album(0)
    damaged, _ = make_album(0)
    newer = album.next_version(title="Sea")
    key = object_keys.album_sidecar(album.album_id)
    backend.objects.put(key, json.dumps(newer.to_dict()).encode())
    backend.objects.put(object_keys.album_sidecar(damaged.album_id), b"{")
    outcomes = {result.photo_id: result.outcome for result in rebuild_albums(backend)}
    assert outcomes == {album.album_id: RebuildOutcome.UPDATED, damaged.album_id: SKIPPED}
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


@pytest.mark.parametrize("is_open", [False, True])
def test_an_imported_photo_is_public_only_in_an_open_album(
    app: Flask,
    backend: Backend,
    services: Services,
    tmp_path: Path,
    config: Config,
    is_open: bool,
) -> None:
    """The export is from the time before its photos followed the link of the album."""
    album = services.albums.create(OWNER, LAKE, visibility=AlbumVisibility.UNLISTED)
    membership = services.albums.new_membership(album)
    publish(backend, replace(upload(), albums=(membership,), unlisted=True))
    if is_open:
        services.album_links.end_now(album)
        services.album_links.settle_due()
        services.album_links.end_at(services.albums.get(album.album_id), None)
    else:
        services.album_links.end_now(album)
    folder = tmp_path / "export"
    assert run(app, "export", str(folder)).exit_code == 0
    elsewhere = local_backend(tmp_path / "elsewhere")
    run(create_app(config, plain_services(elsewhere)), "import", str(folder))
    (photo,) = elsewhere.catalog.photos()
    assert photo.state is (PhotoState.UNLISTED if is_open else PhotoState.PRIVATE)
    assert any(elsewhere.objects.list("photos/")) == is_open
    assert findings(elsewhere) == []


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


class AlbumExport:
    """An export of one album."""

    def __init__(self, album_id: str, body: bytes) -> None:
        self._key = object_keys.album_sidecar(album_id)
        self._body = body

    def get(self, _key: str) -> bytes:
        return self._body

    def list(self, _prefix: str) -> Iterator[StoredObject]:
        yield StoredObject(self._key, len(self._body))


LINK_TIMES = ("guest_until", "ends_at", "settle_at")
IMPOSSIBLE_TIMES = (
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00+09:00",
    "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00+00:00",
)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, ADDED),
        ({"title": "  Lake \n"}, ADDED),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, ADDED),
        ({"title": "x" * 201}, SKIPPED),
        ({"title": ""}, SKIPPED),
        ({"description": "x" * 5001}, SKIPPED),
        ({"description": "x" * 200_000}, SKIPPED),
        ({"owner": "me"}, SKIPPED),
        ({"cover": "../x"}, SKIPPED),
        ({"version": 10**30}, SKIPPED),
        ({"album_id": "01M8MFWVERS0VCEM14DDTWMWVM"}, SKIPPED),
        ({"created_at": "2026-11-29T00:00:00"}, SKIPPED),
        ({"order": "random"}, SKIPPED),
        ({"visibility": []}, SKIPPED),
        ({"guest_code": "a" * 16, "guest_access": "add", "guest_limit": 7}, ADDED),
        ({"guest_code": "../x"}, SKIPPED),
        ({"guest_access": "all"}, SKIPPED),
        ({"guest_limit": 0}, SKIPPED),
        ({"guest_limit": 10**9}, SKIPPED),
        ({"guest_until": "2026-11-29T00:00:00"}, SKIPPED),
        ({"guest_until": "soon"}, SKIPPED),
        *(({name: at}, SKIPPED) for name in LINK_TIMES for at in IMPOSSIBLE_TIMES),
        *(({name: "2026-01-01T00:00:00+00:00"}, ADDED) for name in LINK_TIMES),
    ],
)
def test_an_album_of_an_export_is_valid_or_skipped(
    backend: Backend, changes: dict[str, object], outcome: RebuildOutcome
) -> None:
    """Its texts are cleaned, and its time is possible."""
    album_id = new_album_id()
    record = {
        "album_id": album_id,
        "title": "Lake",
        "owner": "0" * 32,
        "created_at": datetime.now(UTC).isoformat(),
        "version": 3,
    } | changes
    (result,) = import_albums(backend, AlbumExport(album_id, json.dumps(record).encode()))
    assert result.outcome is outcome
    albums = list(backend.albums.all())
    assert len(albums) == (outcome is ADDED)
    assert all(album.title == "Lake" and album.created_at.year > 2000 for album in albums)


@pytest.mark.parametrize(
    ("ends_at", "settle_at", "expected"),
    [(None, None, None), (1, None, 1), (1, 2, 1), (2, 1, 1), (None, 1, 1)],
)
@pytest.mark.parametrize("visibility", list(AlbumVisibility))
def test_the_photos_of_an_imported_album_follow_its_link(
    backend: Backend,
    ends_at: int | None,
    settle_at: int | None,
    expected: int | None,
    visibility: AlbumVisibility,
) -> None:
    """Whatever the export says about them. A public album has no end."""
    times = [None, *(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2))]
    album = Album(
        album_id=new_album_id(),
        title="Lake",
        owner="0" * 32,
        created_at=datetime.now(UTC),
        visibility=visibility,
        ends_at=times[ends_at or 0],
        settle_at=times[settle_at or 0],
    )
    body = json.dumps(album.to_dict()).encode()
    list(import_albums(backend, AlbumExport(album.album_id, body)))
    imported = backend.albums.get(album.album_id)
    assert imported.settle_at == times[expected or 0]
    assert imported.ends_at == (None if album.is_public else album.ends_at)
    assert imported.is_open(datetime.now(UTC)) == (album.is_public or ends_at is None)


def test_memberships_of_an_export_are_valid() -> None:
    """Impossible keys and times are replaced, and memberships that cannot be are left out."""
    good = Membership(new_album_id(), datetime(2026, 11, 1, tzinfo=UTC), "20261101000000")
    photo = make_photo(
        albums=(
            replace(good, album_id="../x"),
            good,
            good,
            *(
                replace(good, album_id=new_album_id(), key=key)
                for key in ("~" * 20, "1" * 600, "12", 12)
            ),
            replace(good, album_id=new_album_id()),
        )
    )
    valid = valid_memberships(photo)
    assert [membership.key for membership in valid] == [good.key, *[None] * 4]
    assert len(valid) == MAX_ALBUMS
    naive = datetime(2026, 11, 1)  # noqa: DTZ001  what an export may say
    bad = replace(good, added_at=naive, approved_at=naive)
    (other,) = valid_memberships(make_photo(albums=(bad,)))
    assert other.added_at.tzinfo is not None
    assert other.approved_at is None
