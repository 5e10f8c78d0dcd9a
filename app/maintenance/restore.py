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
from app.maintenance.concurrency import Watch, together, unwatched
from app.maintenance.findings import has_expired
from app.maintenance.snapshot import find, latest, read_record, record_key, record_keys, stored_keys
from app.services.photo_objects import Shelf
from app.services.photo_service import PhotoLibrary
from app.services.ports import ObjectStore

_PREFIXES = (object_keys.PUBLIC_PREFIX, object_keys.RECORD_PREFIX, object_keys.TRASH_PREFIX)


class Effect(StrEnum):
    """What becomes of one photo."""

    ADDED = "put back"
    UPDATED = "brought up to date"
    COMPLETED = "completed"
    THERE = "there already"
    EXPIRED = "expired"
    LEFT = "left out"


@dataclass(frozen=True, slots=True)
class PutBack:
    """What has become of one photo; `problem` says why it was left out."""

    photo_id: str
    effect: Effect
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a store tells of one photo: its latest record, None where none can be read, and the keys of its objects."""

    photo_id: str
    photo: Photo | None
    present: frozenset[str]


def has_records(source: ObjectStore) -> bool:
    """Whether `source` holds photos with their records, as an export does."""
    trashed = (stored.key for stored in source.list(object_keys.TRASH_PREFIX))
    return any(source.list(object_keys.RECORD_PREFIX)) or any(key.endswith("/record.json") for key in trashed)


def put_back(
    library: PhotoLibrary, source: ObjectStore | None = None, *, apply: bool = True, watch: Watch = unwatched
) -> Iterator[PutBack]:
    """Bring the catalog up to what the sidecars tell, and the objects of another `source` with them.

    A record that is as new or newer stays, and so do objects that are there: this can be broken off, repeated, and run
    while the site serves.
    Only what is whole is put back: a listed photo has all of its objects. Memory does not grow with the collection.
    """
    restorer = _Restorer(library, source or library.objects, apply=apply)
    return map(restorer.put_back, watch("photos", sidecars(source or library.objects)))


def sidecars(source: ObjectStore) -> Iterator[Sidecar]:
    """Every photo that a store has a record of, by id: one pass over its keys, and a read a photo."""

    def read(shelf: tuple[str, frozenset[str]]) -> Sidecar:
        photo_id, present = shelf
        told = [read_record(source, key)[1] for key in record_keys(photo_id) if key in present]
        return Sidecar(photo_id, latest(told), present)

    recorded = ((name, present) for name, present in _shelves(source) if present.intersection(record_keys(name)))
    return together(read, recorded)


def _shelves(source: ObjectStore) -> Iterator[tuple[str, frozenset[str]]]:
    """Every photo's id and the keys of all its objects, by id: stores list keys in order, so three lists merge."""
    in_order = merge(
        *(source.list(prefix) for prefix in _PREFIXES), key=lambda stored: object_keys.photo_id_of(stored.key)
    )
    for photo_id, found in groupby(in_order, lambda stored: object_keys.photo_id_of(stored.key)):
        if photo_ids.is_photo_id(photo_id):
            yield photo_id, frozenset(stored.key for stored in found)


def _elsewhere(key: str) -> str:
    """The key of the same object in the trash, or out of it."""
    if key.startswith(object_keys.PUBLIC_PREFIX):
        return object_keys.trashed(key)
    return object_keys.PUBLIC_PREFIX + key.removeprefix(object_keys.TRASH_PREFIX)


class _Restorer:
    def __init__(self, library: PhotoLibrary, source: ObjectStore, *, apply: bool) -> None:
        self._library = library
        self._source = source
        self._apply = apply
        self._shelf = Shelf(library.objects, 1)

    def put_back(self, told: Sidecar) -> PutBack:
        if told.photo is None:
            return PutBack(told.photo_id, Effect.LEFT, "its record can't be read")
        photo, there = told.photo, find(self._library, told.photo_id)
        if there and there.version >= photo.version:
            return PutBack(photo.photo_id, Effect.COMPLETED if self._complete(there, told) else Effect.THERE)
        if there and there.moving_until is not None:
            return PutBack(photo.photo_id, Effect.LEFT, "it is on its way to the trash or back: see `repair`")
        if has_expired(photo, datetime.now(UTC)):
            return PutBack(photo.photo_id, Effect.EXPIRED)
        if missing := [key for key in stored_keys(photo) if key not in told.present]:
            return PutBack(photo.photo_id, Effect.LEFT, f"missing {', '.join(missing)}")
        return self._written(there, photo)

    def _complete(self, photo: Photo, told: Sidecar) -> bool:
        """Copy what another source has, and the library lacks, of a photo that the catalog knows."""
        if self._source is self._library.objects:
            return False
        objects, record = self._library.objects, record_key(photo)
        lacking = [key for key in (*stored_keys(photo), record) if not objects.exists(key)]
        for key in lacking:
            if key == record:
                self._shelf.put_record(photo)
            elif held := told.present.intersection((key, _elsewhere(key))):
                objects.put(key, self._source.get(min(held)))
        return bool(lacking)

    def _written(self, there: Photo | None, photo: Photo) -> PutBack:
        effect = Effect.UPDATED if there else Effect.ADDED
        try:
            if self._apply:
                self._write(there, photo)
        except (AlreadyPublished, EditConflict):
            return PutBack(photo.photo_id, Effect.LEFT, "it was changed just now: run this again")
        return PutBack(photo.photo_id, effect)

    def _write(self, there: Photo | None, photo: Photo) -> None:
        if self._source is not self._library.objects:
            for key in stored_keys(photo):
                self._library.objects.put(key, self._source.get(key))
            self._shelf.put_record(photo)
        if there:
            self._library.catalog.revise(there, photo)
        else:
            self._library.catalog.adopt(photo)
