"""A consistent snapshot of one album, and its mismatches."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain import object_keys
from app.domain.albums.album import Album
from app.domain.errors import AlbumNotFound, ObjectNotFound
from app.domain.photo import Photo
from app.maintenance.albums.sidecars import read_album_sidecar
from app.maintenance.albums.sums import may_be_cover
from app.maintenance.findings import Finding, FindingKind
from app.maintenance.snapshot import find_or_none
from app.services.albums.catalog import AlbumEntry
from app.services.ports import Backend

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class AlbumSnapshot:
    """One album in both stores.

    Attributes:
        album_id: The album.
        album: The record. None if the catalog has none.
        has_sidecar: Whether there is a sidecar.
        sidecar: The album in the sidecar. None if it is damaged.
        copies: The copies in the lists of albums.
        cover: The photo that should be the cover.
    """

    album_id: str
    album: Album | None
    has_sidecar: bool
    sidecar: Album | None
    copies: frozenset[AlbumEntry]
    cover: str


def take_album_snapshot(
    backend: Backend, album_id: str, lists: Iterable[str] = ()
) -> AlbumSnapshot | None:
    """Return a snapshot of one album, None if its record changes during every attempt.

    Args:
        backend: The catalog and the object store.
        album_id: The album.
        lists: Lists of albums to search for copies, besides those that should have one.
    """
    for _ in range(_ATTEMPTS):
        album = find_album(backend, album_id)
        expected = album.listings if album else ()
        copies = backend.albums.find_copies(album_id, sorted({*lists, *expected}))
        sidecars = _sidecars(backend, album_id)
        snapshot = AlbumSnapshot(
            album_id,
            album,
            has_sidecar=bool(sidecars),
            sidecar=next(iter(sidecars), None),
            copies=frozenset(copies),
            cover=_right_cover(backend, album) if album else "",
        )
        if find_album(backend, album_id) == album:
            return snapshot
    return None


def find_album(backend: Backend, album_id: str) -> Album | None:
    """Return the record of an album, None if there is none."""
    try:
        return backend.albums.get(album_id)
    except AlbumNotFound:
        return None


def diagnose_album(snapshot: AlbumSnapshot) -> tuple[Finding, ...]:
    """Return everything that is wrong with one album."""
    return tuple(Finding(kind, detail) for kind, detail in _diagnose(snapshot))


def _diagnose(snapshot: AlbumSnapshot) -> Iterator[tuple[FindingKind, str]]:
    album = snapshot.album
    if album is None:
        if snapshot.has_sidecar:
            yield FindingKind.MISSING_RECORD, object_keys.album_sidecar(snapshot.album_id)
        for copy in sorted(copy.listing for copy in snapshot.copies):
            yield FindingKind.ORPHANED_LISTING, f"{snapshot.album_id} in {copy}"
        return
    yield from _diagnose_sidecar(snapshot, album)
    expected = {AlbumEntry(listing, album) for listing in album.listings}
    for listing in sorted({copy.listing for copy in snapshot.copies ^ expected}):
        yield FindingKind.LISTING_MISMATCH, f"{snapshot.album_id} in {listing}"
    if snapshot.cover != album.cover:
        detail = f"album {album.album_id}: cover is {album.cover or 'missing'}"
        yield FindingKind.COVER_MISMATCH, f"{detail}, expected {snapshot.cover or 'none'}"


def _diagnose_sidecar(snapshot: AlbumSnapshot, album: Album) -> Iterator[tuple[FindingKind, str]]:
    key = object_keys.album_sidecar(album.album_id)
    sidecar = snapshot.sidecar
    if not snapshot.has_sidecar:
        yield FindingKind.STALE_SIDECAR, f"{key} (missing)"
    elif sidecar is not None and sidecar.version > album.version:
        yield FindingKind.NEWER_SIDECAR, key
    elif sidecar != album:
        yield FindingKind.STALE_SIDECAR, key


def _sidecars(backend: Backend, album_id: str) -> list[Album | None]:
    """Return the album in the sidecar, None if it is damaged; nothing if there is no sidecar."""
    try:
        return [read_album_sidecar(backend.objects, album_id)]
    except ObjectNotFound:
        return []


def _right_cover(backend: Backend, album: Album) -> str:
    """Return the cover of an album. If that is lost, it is another photo of the album.

    That is one that is marked as the cover, or else the first one. An album that shows no photos
    keeps a cover that the admin has hidden.
    """
    cover = find_or_none(backend.catalog, album.cover)
    is_in_album = cover is not None and cover.membership_in(album.album_id) is not None
    if cover is not None and is_in_album and may_be_cover(cover):
        return cover.photo_id
    try:
        page = backend.albums.page(album.album_id, 1)
    except AlbumNotFound:  # it was just deleted
        return album.cover
    first = page.summaries if album.cover else ()
    for summary in (page.cover, *first):
        candidate = find_or_none(backend.catalog, summary.photo_id) if summary else None
        if candidate and _is_visible_in(candidate, album):
            return candidate.photo_id
    return album.cover if is_in_album else ""


def _is_visible_in(photo: Photo, album: Album) -> bool:
    """Return whether a visitor sees the photo in the album."""
    return photo.state.is_in_albums and photo.membership_in(album.album_id) is not None
