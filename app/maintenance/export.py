"""Export all photos to another store, as a backup that `import` reads back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from app.domain import object_keys
from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo
from app.maintenance.concurrency import map_concurrently
from app.maintenance.progress import ProgressCallback, no_progress
from app.maintenance.sidecars import sidecar_keys
from app.maintenance.snapshot import find_or_none
from app.services.ports import Backend, ObjectStore

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class ExportResult:
    """How many objects of one photo were copied, and the key of a missing one, if any."""

    photo_id: str
    copied: int
    missing: str = ""


def export(
    backend: Backend, target: ObjectStore, *, progress: ProgressCallback = no_progress
) -> Iterator[ExportResult]:
    """Copy every photo, including the trash, under the same keys. Objects that exist are skipped.

    An interrupted export therefore resumes, and a repeated one updates `target`. It is safe to run
    while the site serves.
    """
    photos = progress("photos", backend.catalog.photos())
    return map_concurrently(partial(_copy, backend, target), photos)


def _copy(backend: Backend, target: ObjectStore, photo: Photo) -> ExportResult:
    copied = 0
    for _ in range(_ATTEMPTS):
        try:
            for key in photo.stored_keys:
                copied += _copy_object(backend.objects, target, key)
        except ObjectNotFound as error:
            current = find_or_none(backend.catalog, photo.photo_id)
            if current is None:  # purged from the trash in the meantime
                return ExportResult(photo.photo_id, 0)
            if current == photo:
                _write_sidecar(target, photo)
                return ExportResult(photo.photo_id, copied, error.key)
            photo = current
        else:
            break
    _write_sidecar(target, photo)
    _delete_old_keys(target, photo)
    return ExportResult(photo.photo_id, copied)


def _copy_object(source: ObjectStore, target: ObjectStore, key: str) -> bool:
    """Copy one object unless it exists. Objects are immutable, so an existing one is the same."""
    if target.exists(key):
        return False
    target.put(key, source.get(key))
    return True


def _write_sidecar(target: ObjectStore, photo: Photo) -> None:
    body = json.dumps(photo.to_dict(), ensure_ascii=False, indent=1).encode()
    key = photo.sidecar_key
    if not target.exists(key) or target.get(key) != body:
        target.put(key, body)


def _delete_old_keys(target: ObjectStore, photo: Photo) -> None:
    """Delete the files of an earlier export if the photo was moved or rotated since."""
    prefixes = object_keys.PHOTO_PREFIXES
    keys = photo.object_keys
    possible = {object_keys.moved(key, prefix) for prefix in prefixes for key in keys}
    possible.update(sidecar_keys(photo.photo_id))
    if photo.revision:  # the images of earlier revisions have other sizes
        folders = [object_keys.folder(photo.photo_id, prefix) for prefix in prefixes]
        possible.update(stored.key for folder in folders for stored in target.list(folder))
    old = possible - {*photo.stored_keys, photo.sidecar_key}
    target.delete(sorted(key for key in old if target.exists(key)))
