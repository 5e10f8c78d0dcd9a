"""`import` takes valid albums of an export, and their photos follow their links.

Covers app.maintenance.albums.imported_memberships.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.memberships import MAX_ALBUMS, Membership
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import PhotoState
from app.maintenance import RebuildOutcome, import_albums
from app.maintenance.albums.imported_memberships import valid_memberships
from app.services.factory import Services
from app.services.ports import StoredObject
from tests.backends import Backend, local_backend, make_photo
from tests.cli.test_cli import run
from tests.maintenance.albums.conftest import LAKE, findings
from tests.maintenance.conftest import OWNER, plain_services, publish, upload

ADDED, SKIPPED = RebuildOutcome.ADDED, RebuildOutcome.SKIPPED


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
