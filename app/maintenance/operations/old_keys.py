"""Objects under the keys of an earlier version, which had no partition.

They were `photos/<photo_id>/…`, the same under the other prefixes, and `records/<photo_id>.json`.
No page finds these objects and no deletion deletes them, so a site that has one does not start.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

from app.domain import object_keys, photo_ids
from app.domain.errors import StorageRefused
from app.maintenance.concurrency import map_concurrently
from app.services.ports import ObjectSource, ObjectStore

_OLD_KEY = re.compile(r"(?P<prefix>[a-z]+/)(?P<photo_id>[0-9A-Z]{26})(?P<rest>/[^/]+|\.json)")
# Of ids of the years 1970 to 2004, and 2004 to 2039. A partition is one character long.
_BEGINNINGS = ("00", "01")


class OldKeys(StorageRefused):
    """Objects have the keys of an earlier version."""

    def __init__(self) -> None:
        super().__init__(
            "The photos are stored under the keys of an earlier version. Stop all servers of the "
            "site, then run: flask --app app migrate-keys"
        )


class OldExport(StorageRefused):
    """An export has the keys of an earlier version."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is an export of an earlier version. Export the site to another folder. "
            "If the site is lost, import this export with that version, then update."
        )


def has_old_keys(source: ObjectSource) -> bool:
    """Return whether a photo has keys of an earlier version: two listings for each prefix."""
    return any(
        new_key_of(stored.key)
        for prefix in object_keys.PREFIXES
        for beginning in _BEGINNINGS
        for stored in source.list(prefix + beginning)
    )


def require_current_keys(source: ObjectSource) -> None:
    """Raise OldKeys if a photo has keys of an earlier version."""
    if has_old_keys(source):
        raise OldKeys


def require_current_export(source: ObjectSource, folder: Path) -> None:
    """Raise OldExport if the export in the folder has keys of an earlier version."""
    if has_old_keys(source):
        raise OldExport(folder)


def new_key_of(key: str) -> str | None:
    """Return the key that an object of an earlier version has now, None for any other key."""
    found = _OLD_KEY.fullmatch(key)
    if not found or not photo_ids.is_photo_id(found["photo_id"]):
        return None
    is_sidecar = found["rest"] == ".json"
    if is_sidecar != (found["prefix"] == object_keys.RECORD_PREFIX):
        return None
    beginning = found["prefix"] + object_keys.partition(found["photo_id"])
    return f"{beginning}/{found['photo_id']}{found['rest']}"


def migrate_keys(objects: ObjectStore) -> Iterator[int]:
    """Move all objects to the keys that they have now. Yield their number for each photo.

    Every object is copied before it is deleted, so an interrupted migration loses nothing, and the
    next one completes it.
    """
    for prefix in object_keys.PREFIXES:
        listed = (stored.key for stored in objects.list(prefix))
        by_photo = groupby(filter(new_key_of, listed), _folder_of)
        yield from map_concurrently(partial(_move, objects), (list(keys) for _, keys in by_photo))


def _folder_of(old_key: str) -> list[str]:
    return old_key.split("/")[:2]


def _move(objects: ObjectStore, old_keys: list[str]) -> int:
    for old_key in old_keys:
        new_key = new_key_of(old_key)
        if new_key and not objects.exists(new_key):
            objects.copy(old_key, new_key)
    objects.delete(old_keys)
    return len(old_keys)
