"""Rebuild the catalog from sidecars, or import a whole site from an export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from heapq import merge
from itertools import groupby

from app.domain import object_keys, photo_ids
from app.domain.errors import AlreadyPublished, EditConflict
from app.domain.photo import Photo
from app.maintenance.concurrency import map_concurrently
from app.maintenance.diagnosis import has_expired
from app.maintenance.progress import ProgressCallback, no_progress
from app.maintenance.sidecars import (
    latest_version,
    read_sidecar,
    sidecar_key,
    sidecar_keys,
    stored_keys,
)
from app.maintenance.snapshot import find_or_none
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend, ObjectStore, StoredObject

_PREFIXES = (object_keys.PUBLIC_PREFIX, object_keys.RECORD_PREFIX, object_keys.TRASH_PREFIX)


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
    photo: Photo | None  # from its latest sidecar; None if every sidecar is damaged
    present: frozenset[str]  # the keys of its objects


def has_sidecars(source: ObjectStore) -> bool:
    """Return whether `source` holds photos with sidecars, as an export does."""
    if any(source.list(object_keys.RECORD_PREFIX)):
        return True
    trashed = source.list(object_keys.TRASH_PREFIX)
    return any(stored.key.endswith("/record.json") for stored in trashed)


def rebuild_photos(
    backend: Backend,
    source: ObjectStore | None = None,
    *,
    apply: bool = True,
    progress: ProgressCallback = no_progress,
) -> Iterator[RebuildResult]:
    """Update the catalog from sidecars. Copy the objects too if `source` is another store.

    Records that are as new or newer, and objects that exist, stay unchanged. It is therefore safe
    to interrupt this, to repeat it, and to run it while the site serves. A photo is added only if
    all of its objects exist. Memory does not grow with the number of photos.
    """
    origin = source or backend.objects
    rebuilder = _Rebuilder(backend, origin, apply=apply)
    return map(rebuilder.rebuild, progress("photos", iter_stored_photos(origin)))


def iter_stored_photos(source: ObjectStore) -> Iterator[StoredPhoto]:
    """Yield every photo that has a sidecar, by id: one pass over all keys and one read a photo."""

    def read(photo_objects: tuple[str, frozenset[str]]) -> StoredPhoto:
        photo_id, present = photo_objects
        keys = [key for key in sidecar_keys(photo_id) if key in present]
        photo = latest_version(read_sidecar(source, key) for key in keys)
        return StoredPhoto(photo_id, photo, present)

    with_sidecars = (
        (photo_id, present)
        for photo_id, present in _group_by_photo(source)
        if present.intersection(sidecar_keys(photo_id))
    )
    return map_concurrently(read, with_sidecars)


def _group_by_photo(source: ObjectStore) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each photo id with the keys of its objects. Stores list keys in sorted order."""
    lists = [source.list(prefix) for prefix in _PREFIXES]
    in_order = merge(*lists, key=_photo_id_of)
    for photo_id, stored_objects in groupby(in_order, _photo_id_of):
        if photo_ids.is_photo_id(photo_id):
            yield photo_id, frozenset(stored.key for stored in stored_objects)


def _photo_id_of(stored: StoredObject) -> str:
    return object_keys.photo_id_of(stored.key)


def _counterpart_key(key: str) -> str:
    """Return the key of the same object in the trash, or outside it."""
    if key.startswith(object_keys.PUBLIC_PREFIX):
        return object_keys.trashed(key)
    return object_keys.PUBLIC_PREFIX + key.removeprefix(object_keys.TRASH_PREFIX)


class _Rebuilder:
    def __init__(self, backend: Backend, source: ObjectStore, *, apply: bool) -> None:
        self._catalog = backend.catalog
        self._objects = backend.objects
        self._source = source
        self._apply = apply
        self._photo_objects = PhotoObjects(backend.objects, 1)

    def rebuild(self, stored: StoredPhoto) -> RebuildResult:
        photo = stored.photo
        if photo is None:
            return _skipped(stored.photo_id, "its sidecar is damaged")
        current = find_or_none(self._catalog, stored.photo_id)
        if current and current.version >= photo.version:
            is_completed = self._complete(current, stored)
            outcome = RebuildOutcome.COMPLETED if is_completed else RebuildOutcome.UNCHANGED
            return RebuildResult(photo.photo_id, outcome)
        if current and current.lease_expires_at is not None:
            problem = "a deletion or a restoration is not finished: run `repair`"
            return _skipped(photo.photo_id, problem)
        if has_expired(photo, datetime.now(UTC)):
            return RebuildResult(photo.photo_id, RebuildOutcome.EXPIRED)
        missing = [key for key in stored_keys(photo) if key not in stored.present]
        if missing:
            return _skipped(photo.photo_id, f"missing {', '.join(missing)}")
        return self._store(current, photo)

    def _complete(self, photo: Photo, stored: StoredPhoto) -> bool:
        """Copy missing objects of a photo in the catalog from another source."""
        if self._source is self._objects:
            return False
        sidecar = sidecar_key(photo)
        missing = [key for key in (*stored_keys(photo), sidecar) if not self._objects.exists(key)]
        for key in missing:
            if key == sidecar:
                self._photo_objects.put_sidecar(photo)
                continue
            source_keys = stored.present.intersection((key, _counterpart_key(key)))
            if source_keys:
                self._objects.put(key, self._source.get(min(source_keys)))
        return bool(missing)

    def _store(self, current: Photo | None, photo: Photo) -> RebuildResult:
        try:
            if self._apply:
                self._write(current, photo)
        except (AlreadyPublished, EditConflict):
            return _skipped(photo.photo_id, "it has just changed: run this command again")
        outcome = RebuildOutcome.UPDATED if current else RebuildOutcome.ADDED
        return RebuildResult(photo.photo_id, outcome)

    def _write(self, current: Photo | None, photo: Photo) -> None:
        if self._source is not self._objects:
            for key in stored_keys(photo):
                self._objects.put(key, self._source.get(key))
            self._photo_objects.put_sidecar(photo)
        if current:
            self._catalog.update(current, photo)
        else:
            self._catalog.import_photo(photo)


def _skipped(photo_id: str, problem: str) -> RebuildResult:
    return RebuildResult(photo_id, RebuildOutcome.SKIPPED, problem)
