"""Put photos back from their sidecars: the catalog from its own bucket, or a whole collection from an export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from heapq import merge
from itertools import groupby

from app.domain import object_keys, photo_ids
from app.domain.errors import AlreadyPublished, EditConflict
from app.domain.photo import Photo
from app.maintenance.concurrency import ProgressCallback, map_concurrently, no_progress
from app.maintenance.findings import has_expired
from app.maintenance.snapshot import (
    find_or_none,
    latest_version,
    read_sidecar,
    sidecar_key,
    sidecar_keys,
    stored_keys,
)
from app.services.photo_objects import PhotoObjects
from app.services.photo_service import PhotoService
from app.services.ports import ObjectStore

_PREFIXES = (object_keys.PUBLIC_PREFIX, object_keys.RECORD_PREFIX, object_keys.TRASH_PREFIX)


class RestoreOutcome(StrEnum):
    """What becomes of one photo."""

    ADDED = "put back"
    UPDATED = "brought up to date"
    COMPLETED = "completed"
    THERE = "there already"
    EXPIRED = "expired"
    LEFT = "left out"


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """What has become of one photo; `problem` says why it was left out."""

    photo_id: str
    effect: RestoreOutcome
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a store tells of one photo: its latest record, None where none can be read, and the keys of its objects."""

    photo_id: str
    photo: Photo | None
    present: frozenset[str]


def has_sidecars(source: ObjectStore) -> bool:
    """Whether `source` holds photos with their records, as an export does."""
    trashed = (stored.key for stored in source.list(object_keys.TRASH_PREFIX))
    return any(source.list(object_keys.RECORD_PREFIX)) or any(
        key.endswith("/record.json") for key in trashed
    )


def restore_photos(
    service: PhotoService,
    source: ObjectStore | None = None,
    *,
    apply: bool = True,
    watch: ProgressCallback = no_progress,
) -> Iterator[RestoreResult]:
    """Bring the catalog up to what the sidecars tell, and the objects of another `source` with them.

    A record that is as new or newer stays, and so do objects that are there: this can be broken off, repeated, and run
    while the site serves.
    Only what is whole is put back: a listed photo has all of its objects. Memory does not grow with the collection.
    """
    restorer = _Restorer(service, source or service.objects, apply=apply)
    return map(restorer.restore, watch("photos", iter_sidecars(source or service.objects)))


def iter_sidecars(source: ObjectStore) -> Iterator[Sidecar]:
    """Every photo that a store has a record of, by id: one pass over its keys, and a read a photo."""

    def read(photo_objects: tuple[str, frozenset[str]]) -> Sidecar:
        photo_id, present = photo_objects
        told = [read_sidecar(source, key)[1] for key in sidecar_keys(photo_id) if key in present]
        return Sidecar(photo_id, latest_version(told), present)

    recorded = (
        (name, present)
        for name, present in _group_by_photo(source)
        if present.intersection(sidecar_keys(name))
    )
    return map_concurrently(read, recorded)


def _group_by_photo(source: ObjectStore) -> Iterator[tuple[str, frozenset[str]]]:
    """Every photo's id and the keys of all its objects, by id: stores list keys in order, so three lists merge."""
    in_order = merge(
        *(source.list(prefix) for prefix in _PREFIXES),
        key=lambda stored: object_keys.photo_id_of(stored.key),
    )
    for photo_id, found in groupby(in_order, lambda stored: object_keys.photo_id_of(stored.key)):
        if photo_ids.is_photo_id(photo_id):
            yield photo_id, frozenset(stored.key for stored in found)


def _counterpart_key(key: str) -> str:
    """The key of the same object in the trash, or out of it."""
    if key.startswith(object_keys.PUBLIC_PREFIX):
        return object_keys.trashed(key)
    return object_keys.PUBLIC_PREFIX + key.removeprefix(object_keys.TRASH_PREFIX)


class _Restorer:
    def __init__(self, service: PhotoService, source: ObjectStore, *, apply: bool) -> None:
        self._service = service
        self._source = source
        self._apply = apply
        self._photo_objects = PhotoObjects(service.objects, 1)

    def restore(self, told: Sidecar) -> RestoreResult:
        if told.photo is None:
            return RestoreResult(told.photo_id, RestoreOutcome.LEFT, "its record can't be read")
        photo, there = told.photo, find_or_none(self._service, told.photo_id)
        if there and there.version >= photo.version:
            return RestoreResult(
                photo.photo_id,
                RestoreOutcome.COMPLETED if self._complete(there, told) else RestoreOutcome.THERE,
            )
        if there and there.lease_expires_at is not None:
            return RestoreResult(
                photo.photo_id,
                RestoreOutcome.LEFT,
                "it is on its way to the trash or back: see `repair`",
            )
        if has_expired(photo, datetime.now(UTC)):
            return RestoreResult(photo.photo_id, RestoreOutcome.EXPIRED)
        if missing := [key for key in stored_keys(photo) if key not in told.present]:
            return RestoreResult(
                photo.photo_id, RestoreOutcome.LEFT, f"missing {', '.join(missing)}"
            )
        return self._written(there, photo)

    def _complete(self, photo: Photo, told: Sidecar) -> bool:
        """Copy what another source has, and the library lacks, of a photo that the catalog knows."""
        if self._source is self._service.objects:
            return False
        objects, record = self._service.objects, sidecar_key(photo)
        lacking = [key for key in (*stored_keys(photo), record) if not objects.exists(key)]
        for key in lacking:
            if key == record:
                self._photo_objects.put_sidecar(photo)
            elif held := told.present.intersection((key, _counterpart_key(key))):
                objects.put(key, self._source.get(min(held)))
        return bool(lacking)

    def _written(self, there: Photo | None, photo: Photo) -> RestoreResult:
        effect = RestoreOutcome.UPDATED if there else RestoreOutcome.ADDED
        try:
            if self._apply:
                self._write(there, photo)
        except (AlreadyPublished, EditConflict):
            return RestoreResult(
                photo.photo_id, RestoreOutcome.LEFT, "it was changed just now: run this again"
            )
        return RestoreResult(photo.photo_id, effect)

    def _write(self, there: Photo | None, photo: Photo) -> None:
        if self._source is not self._service.objects:
            for key in stored_keys(photo):
                self._service.objects.put(key, self._source.get(key))
            self._photo_objects.put_sidecar(photo)
        if there:
            self._service.catalog.update(there, photo)
        else:
            self._service.catalog.import_photo(photo)
