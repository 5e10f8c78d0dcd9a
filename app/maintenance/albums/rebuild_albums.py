"""Rebuild albums from their sidecars, or import them from an export."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta

from app.domain import object_keys, photo_ids
from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.errors import AlbumConflict, InvalidText, InvalidUpload, ObjectNotFound
from app.maintenance.albums.sidecars import read_album_sidecar
from app.maintenance.albums.snapshot import find_album
from app.maintenance.progress import ProgressCallback, no_progress
from app.maintenance.rebuild import RebuildOutcome, RebuildResult
from app.services.albums.album_sidecars import AlbumSidecars
from app.services.ports import Backend, ObjectSource

_MAX_SKEW = timedelta(minutes=1)  # between the time of an album and the time in its id


def rebuild_albums(
    backend: Backend, *, apply: bool = True, progress: ProgressCallback = no_progress
) -> Iterator[RebuildResult]:
    """Update the albums from the sidecars in the object store of the catalog.

    The photos name their albums, so `rebuild_photos` does the rest. Records that are as new or
    newer stay unchanged.
    """
    rebuilder = _AlbumRebuilder(backend, backend.objects, apply=apply)
    return map(rebuilder.rebuild, progress("albums", _album_ids(backend.objects)))


def import_albums(
    backend: Backend, source: ObjectSource, *, progress: ProgressCallback = no_progress
) -> Iterator[RebuildResult]:
    """Add the albums of an export. Their texts are validated as if they were typed."""
    importer = _AlbumImporter(backend, source)
    return map(importer.rebuild, progress("albums", _album_ids(source)))


def _album_ids(source: ObjectSource) -> Iterator[str]:
    keys = (stored.key for stored in source.list(object_keys.ALBUM_PREFIX))
    return filter(None, map(object_keys.album_id_of, keys))


class _AlbumRebuilder:
    """Compares the sidecars of albums with the catalog and updates it."""

    def __init__(self, backend: Backend, source: ObjectSource, *, apply: bool) -> None:
        self._backend = backend
        self._source = source
        self._apply = apply

    def rebuild(self, album_id: str) -> RebuildResult:
        """Update one album. Only a storage error ends the command."""
        try:
            return self._rebuild(album_id)
        except AlbumConflict:
            problem = "it has just changed: run this command again"
        except ObjectNotFound:
            problem = "its sidecar was just deleted"
        except (InvalidText, InvalidUpload) as error:
            problem = f"its sidecar cannot be used: {error}"
        return RebuildResult(album_id, RebuildOutcome.SKIPPED, problem)

    def _rebuild(self, album_id: str) -> RebuildResult:
        sidecar = read_album_sidecar(self._source, album_id)
        if sidecar is None:
            return RebuildResult(album_id, RebuildOutcome.SKIPPED, "its sidecar is damaged")
        current = find_album(self._backend, album_id)
        if current and current.version >= sidecar.version:
            return RebuildResult(album_id, self._complete(current))
        if self._apply:
            self._store(current, sidecar)
        return RebuildResult(album_id, RebuildOutcome.UPDATED if current else RebuildOutcome.ADDED)

    def _complete(self, _album: Album) -> RebuildOutcome:
        return RebuildOutcome.UNCHANGED

    def _store(self, current: Album | None, album: Album) -> None:
        if current:
            self._backend.albums.update(current, album)
        else:
            self._backend.albums.create(album)


class _AlbumImporter(_AlbumRebuilder):
    """Does the same with an export, which may come from a stranger."""

    def __init__(self, backend: Backend, source: ObjectSource) -> None:
        super().__init__(backend, source, apply=True)
        self._sidecars = AlbumSidecars(backend.objects)

    def _complete(self, album: Album) -> RebuildOutcome:
        """Write the sidecar of an album that the site has, if it is missing."""
        if self._backend.objects.exists(object_keys.album_sidecar(album.album_id)):
            return RebuildOutcome.UNCHANGED
        self._sidecars.write(album)
        return RebuildOutcome.COMPLETED

    def _store(self, current: Album | None, album: Album) -> None:
        imported = _as_imported(album)
        super()._store(current, imported)
        self._sidecars.write(imported)


def _as_imported(album: Album) -> Album:
    """Return the album with valid texts and a possible time, and without the end of a public one.

    Its photos follow its link, whether those of the export have or not. Raises InvalidText.
    """
    text = AlbumText(album.title, album.description).validated()
    began = photo_ids.timestamp_of(album.album_id)
    is_possible = began - _MAX_SKEW <= album.created_at <= began + _MAX_SKEW
    created_at = album.created_at.astimezone(UTC) if is_possible else began
    settle_at = min(filter(None, (album.settle_at, album.ends_at)), default=None)
    ends_at = None if album.is_public else album.ends_at
    valid = replace(album, **text, created_at=created_at)
    return replace(valid, ends_at=ends_at, settle_at=settle_at)
