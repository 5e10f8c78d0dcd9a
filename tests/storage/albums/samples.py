"""Albums and their photos."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ulid import ULID

from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.memberships import Membership
from app.domain.photo import Photo
from tests.backends import make_photo

NOW = datetime(2026, 11, 29, 20, 0, tzinfo=UTC)
PUBLIC, UNLISTED = AlbumVisibility.PUBLIC, AlbumVisibility.UNLISTED


def make_album(title: str = "Lake", **fields: object) -> Album:
    """Return a new album of the owner of `make_photo`."""
    album = Album(album_id=str(ULID()), title=title, owner="0" * 32, created_at=NOW)
    return replace(album, **fields)  # type: ignore[arg-type]  # any field


def make_members(album: Album, count: int, **fields: object) -> list[Photo]:
    """Return photos of an album, taken one minute after the other, and the first is the cover."""
    photos = []
    for number in range(count):
        cover = album.visibility if number == 0 else None
        membership = Membership(album.album_id, NOW, cover=cover)
        taken_at = datetime(2026, 11, 1, 12, number)  # noqa: DTZ001  local
        photos.append(make_photo(taken_at=taken_at, albums=(membership,), **fields))
    return photos


def ids(photos: Sequence[object]) -> list[str]:
    return [photo.photo_id for photo in photos]  # type: ignore[attr-defined]
