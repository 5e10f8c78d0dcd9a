"""Kinds of mismatches of albums, and their repair."""

from dataclasses import replace

from app.domain.albums.album import AlbumVisibility
from app.services.photo_objects import PhotoObjects
from tests.backends import Backend
from tests.maintenance.albums.conftest import findings, repair

UNLISTED = AlbumVisibility.UNLISTED
STALE = "stale sidecar"
MISSING = "missing record"
COVER = "album cover mismatch"
UNKNOWN = "unknown album"


def kinds(backend: Backend) -> set[str]:
    return {kind for kind, _ in findings(backend)}


def assert_repaired(backend: Backend, *expected: str) -> None:
    """The check finds these kinds; one repair corrects all of them."""
    assert kinds(backend) == set(expected)
    assert repair(backend) == []
    assert findings(backend) == []


def mark(backend: Backend, photo_id: str, cover: AlbumVisibility | None) -> None:
    """Write into the record of a photo whether it is the cover of its album."""
    photo = backend.catalog.get(photo_id)
    (membership,) = photo.albums
    marked = photo.next_version(albums=(replace(membership, cover=cover),))
    backend.catalog.update(photo, marked)
    PhotoObjects(backend.objects, 1).put_sidecar(marked)
