"""Rebuild the catalog from sidecars, or import a whole site from an export."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from heapq import merge
from itertools import groupby
from operator import itemgetter

from app.domain import object_keys
from app.domain.errors import (
    AlreadyPublished,
    Busy,
    EditConflict,
    InvalidText,
    InvalidUpload,
    ObjectNotFound,
    StorageError,
)
from app.domain.photo import Photo
from app.maintenance.concurrency import map_concurrently
from app.maintenance.diagnosis import has_expired
from app.maintenance.import_export import ExportImporter
from app.maintenance.progress import ProgressCallback, no_progress
from app.maintenance.sidecars import latest_version, read_sidecar, sidecar_keys
from app.maintenance.snapshot import find_or_none
from app.services.factory import Services
from app.services.ports import Backend, ObjectSource, StoredObject

log = logging.getLogger(__name__)


class RebuildOutcome(StrEnum):
    """The outcome for one photo. The commands print the value."""

    ADDED = "added"
    UPDATED = "updated"
    COMPLETED = "completed"
    UNCHANGED = "unchanged"
    EXPIRED = "expired"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """The outcome for one photo. `problem` is the reason if it was skipped."""

    photo_id: str
    outcome: RebuildOutcome
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """The objects of one photo in a store."""

    photo_id: str
    photo: Photo | None  # from its latest sidecar; None if no sidecar can be used
    present: frozenset[str]  # the keys of its objects
    problem: str = "its sidecar is damaged"  # if `photo` is None


def rebuild_photos(
    backend: Backend, *, apply: bool = True, progress: ProgressCallback = no_progress
) -> Iterator[RebuildResult]:
    """Update the catalog from the sidecars in its own object store.

    Records that are as new or newer stay unchanged. It is therefore safe to interrupt this, to
    repeat it, and to run it while the site serves. A photo is added only if all of its objects
    exist. Memory does not grow with the number of photos.
    """
    rebuilder = _Rebuilder(backend, None, apply=apply)
    return map(rebuilder.rebuild, progress("photos", iter_stored_photos(backend.objects)))


def import_export(
    services: Services, source: ObjectSource, *, progress: ProgressCallback = no_progress
) -> Iterator[RebuildResult]:
    """Add the photos of an export to the catalog and the object store.

    As with `rebuild_photos`, newer records and objects that exist stay unchanged. Every photo goes
    through the same validation and the same image workers as an upload.
    """
    backend = services.backend
    importer = ExportImporter(source, backend, services.uploads.process)
    rebuilder = _Rebuilder(backend, importer, apply=True)
    return map(rebuilder.rebuild, progress("photos", iter_stored_photos(source)))


def iter_stored_photos(source: ObjectSource) -> Iterator[StoredPhoto]:
    """Yield every photo that has a sidecar, by key: one pass over all keys and one read a photo."""

    def read(photo_objects: tuple[str, frozenset[str]]) -> StoredPhoto:
        photo_id, present = photo_objects
        keys = [key for key in sidecar_keys(photo_id) if key in present]
        try:
            photo = latest_version(read_sidecar(source, key) for key in keys)
        except InvalidUpload as error:
            return StoredPhoto(photo_id, None, present, f"its sidecar cannot be used: {error}")
        return StoredPhoto(photo_id, photo, present)

    with_sidecars = (
        (photo_id, present)
        for photo_id, present in _group_by_photo(source)
        if present.intersection(sidecar_keys(photo_id))
    )
    return map_concurrently(read, with_sidecars)


def _group_by_photo(source: ObjectSource) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each photo id with the keys of its objects, in the order of the keys."""
    lists = [_keys_with_photo(source.list(prefix)) for prefix in object_keys.PREFIXES]
    for (_partition, photo_id), found in groupby(merge(*lists), itemgetter(0)):
        yield photo_id, frozenset(key for _, key in found)


def _keys_with_photo(
    stored_objects: Iterable[StoredObject],
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the partition and the id of a photo, and the key, for each object of a photo.

    Stores list the keys of a prefix in sorted order, which is also that of these tuples.
    """
    for stored in stored_objects:
        photo_id = object_keys.photo_id_of(stored.key)
        if photo_id:
            yield (object_keys.partition(photo_id), photo_id), stored.key


class _Rebuilder:
    """Compares stored photos with the catalog and updates it.

    Args:
        importer: Copies objects from an export; None if the photos are in the site's own store.
    """

    def __init__(self, backend: Backend, importer: ExportImporter | None, *, apply: bool) -> None:
        self._catalog = backend.catalog
        self._objects = backend.objects
        self._importer = importer
        self._apply = apply

    def rebuild(self, stored: StoredPhoto) -> RebuildResult:
        """Update one photo. Only a storage error ends the command."""
        try:
            return self._rebuild(stored)
        except (AlreadyPublished, EditConflict):
            return _skipped(stored.photo_id, "it has just changed: run this command again")
        except ObjectNotFound as error:
            return _skipped(stored.photo_id, f"missing {error.key}")
        except InvalidUpload as error:
            original_key = stored.photo.stored_keys[-1] if stored.photo else ""
            return _skipped(stored.photo_id, f"{original_key}: {error}")
        except (InvalidText, Busy) as error:
            return _skipped(stored.photo_id, str(error))
        except StorageError:
            raise
        except Exception:
            if self._importer is None:
                raise
            log.exception("Importing photo %s failed", stored.photo_id)
            return _skipped(stored.photo_id, "an internal error, which is logged")

    def _rebuild(self, stored: StoredPhoto) -> RebuildResult:
        photo = stored.photo
        if photo is None:
            return _skipped(stored.photo_id, stored.problem)
        current = find_or_none(self._catalog, stored.photo_id)
        if current and current.version >= photo.version:
            return RebuildResult(photo.photo_id, self._complete(current, stored))
        if current and current.lease_expires_at is not None:
            problem = "a request is moving its objects, or was interrupted: run `repair --apply`"
            return _skipped(photo.photo_id, problem)
        if has_expired(photo, datetime.now(UTC)):
            return RebuildResult(photo.photo_id, RebuildOutcome.EXPIRED)
        missing = self._missing_keys(photo, stored)
        if missing:
            return _skipped(photo.photo_id, f"missing {', '.join(missing)}")
        if self._apply:
            self._store(current, photo, stored)
        outcome = RebuildOutcome.UPDATED if current else RebuildOutcome.ADDED
        return RebuildResult(photo.photo_id, outcome)

    def _missing_keys(self, photo: Photo, stored: StoredPhoto) -> list[str]:
        """Return the missing objects. An import needs the original only, and reads it itself."""
        if self._importer:
            return []
        return [key for key in photo.stored_keys if key not in stored.present]

    def _complete(self, photo: Photo, stored: StoredPhoto) -> RebuildOutcome:
        """Copy missing objects of a photo in the catalog from an export."""
        if self._importer is None:
            return RebuildOutcome.UNCHANGED
        same_object = (
            object_keys.moved(photo.stored_keys[-1], prefix)
            for prefix in object_keys.PHOTO_PREFIXES
        )
        in_export = stored.present.intersection(same_object)
        is_completed = self._importer.complete(photo, min(in_export, default=None))
        return RebuildOutcome.COMPLETED if is_completed else RebuildOutcome.UNCHANGED

    def _store(self, current: Photo | None, photo: Photo, stored: StoredPhoto) -> None:
        imported = self._importer.store(photo) if self._importer else photo
        if current and current.revision != imported.revision:
            imported = replace(imported, unused_objects=current.object_names)
        if imported.unused_objects or self._has_objects_outside(current, photo, stored):
            # The site completes the move: this command must not delete what a request has moved.
            expired = int(datetime.now(UTC).timestamp())
            imported = replace(imported, lease_expires_at=expired)
        if current:
            self._catalog.update(current, imported)
        else:
            self._catalog.import_photo(imported)

    def _has_objects_outside(
        self, current: Photo | None, photo: Photo, stored: StoredPhoto
    ) -> bool:
        """Return whether objects remain where an earlier state of the photo had them."""
        if self._importer is None:
            return not stored.present.isdisjoint(photo.keys_outside)
        return current is not None and any(map(self._objects.exists, photo.keys_outside))


def _skipped(photo_id: str, problem: str) -> RebuildResult:
    return RebuildResult(photo_id, RebuildOutcome.SKIPPED, problem)
