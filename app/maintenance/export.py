"""Export: a copy of everything that needs no Shoebox to be looked at, and from which Shoebox can be put back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from app.domain import object_keys
from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo
from app.maintenance.concurrency import ProgressCallback, map_concurrently, no_progress
from app.maintenance.snapshot import find_or_none, sidecar_key, sidecar_keys, stored_keys
from app.services.photo_service import PhotoService
from app.services.ports import ObjectStore

_TRIES = 3


@dataclass(frozen=True, slots=True)
class ExportResult:
    """One photo: how many of its objects were copied just now, and the key of one that is missing."""

    photo_id: str
    copied: int
    missing: str = ""


def export(
    service: PhotoService, target: ObjectStore, *, watch: ProgressCallback = no_progress
) -> Iterator[ExportResult]:
    """Copy every photo, those in the trash too, under the keys it has here; objects that are there already stay.

    So it goes on where it was broken off, and brings an earlier export up to date. Safe while the site serves.
    """
    return map_concurrently(
        partial(_copy, service, target), watch("photos", service.catalog.photos())
    )


def _copy(service: PhotoService, target: ObjectStore, photo: Photo) -> ExportResult:
    copied = 0
    for _ in range(_TRIES):
        try:
            for key in stored_keys(photo):
                copied += _copy_object(service.objects, target, key)
        except ObjectNotFound as error:
            now = find_or_none(service, photo.photo_id)
            if now is None:  # emptied out of the trash meanwhile
                return ExportResult(photo.photo_id, 0)
            if now == photo:
                _keep_record(target, photo)
                return ExportResult(photo.photo_id, copied, error.key)
            photo = now
        else:
            break
    _keep_record(target, photo)
    _remove_elsewhere(target, photo)
    return ExportResult(photo.photo_id, copied)


def _copy_object(source: ObjectStore, target: ObjectStore, key: str) -> bool:
    """Objects are immutable and written whole: one that is there is the one."""
    if target.exists(key):
        return False
    target.put(key, source.get(key))
    return True


def _keep_record(target: ObjectStore, photo: Photo) -> None:
    body = json.dumps(photo.to_dict(), ensure_ascii=False, indent=1).encode()
    key = sidecar_key(photo)
    if not target.exists(key) or target.get(key) != body:
        target.put(key, body)


def _remove_elsewhere(target: ObjectStore, photo: Photo) -> None:
    """A photo that was deleted or restored since an earlier export is in one place only."""
    everywhere = {
        *photo.object_keys,
        *map(object_keys.trashed, photo.object_keys),
        *sidecar_keys(photo.photo_id),
    }
    elsewhere = everywhere - {*stored_keys(photo), sidecar_key(photo)}
    target.delete(sorted(key for key in elsewhere if target.exists(key)))
