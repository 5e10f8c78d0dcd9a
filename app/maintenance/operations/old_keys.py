"""Move objects from the keys of an earlier version, and refuse to work on such objects.

No page finds these objects and no deletion deletes them, so a site that has one does not start.
"""

import shlex
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

from app.domain import object_keys
from app.domain.errors import StorageRefused
from app.maintenance.concurrency import map_concurrently
from app.services.operations.lost_catalog import has_sidecars
from app.services.operations.old_keys import has_old_keys, new_key_of
from app.services.ports import ObjectSource, ObjectStore


class OldKeys(StorageRefused):
    """Objects have the keys of an earlier version."""

    def __init__(self) -> None:
        super().__init__(
            "The photos are stored under the keys of an earlier version. Stop all servers of the "
            "site, then run the command migrate-keys: docs/operations.md#migrating-the-keys"
        )


class OldExport(StorageRefused):
    """An export has the keys of an earlier version."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is an export of an earlier version. Run: "
            f"flask --app app migrate-keys {shlex.quote(str(folder))}"
        )


class NotAnExport(StorageRefused):
    """A folder is not an export."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not an export of Shoebox.")


def require_export(source: ObjectSource, folder: Path) -> None:
    """Raise NotAnExport if the folder has no sidecars and no objects with earlier keys."""
    if not (has_old_keys(source) or has_sidecars(source)):
        raise NotAnExport(folder)


def require_current_keys(source: ObjectSource) -> None:
    """Raise OldKeys if a photo has keys of an earlier version."""
    if has_old_keys(source):
        raise OldKeys


def require_current_export(source: ObjectSource, folder: Path) -> None:
    """Raise OldExport if the export in the folder has keys of an earlier version."""
    if has_old_keys(source):
        raise OldExport(folder)


def migrate_keys(objects: ObjectStore) -> Iterator[str]:
    """Move all objects of an earlier version to current keys, and yield each old key.

    Every object is copied before it is deleted, so an interrupted migration loses nothing, and the
    next migration completes it.
    """
    for prefix in object_keys.PREFIXES:
        listed = (stored.key for stored in objects.list(prefix))
        by_photo = groupby(filter(new_key_of, listed), _folder_of)
        keys_of_photos = (list(keys) for _, keys in by_photo)
        for moved in map_concurrently(partial(_move, objects), keys_of_photos):
            yield from moved


def _folder_of(old_key: str) -> list[str]:
    return old_key.split("/")[:2]


def _move(objects: ObjectStore, old_keys: list[str]) -> list[str]:
    """Move the objects of a photo, and return their old keys.

    A copy replaces an object that already has the new key. The replaced object is the same or
    older: after a rollback, the earlier version stores edits under the old key.
    """
    for old_key in old_keys:
        new_key = new_key_of(old_key)
        if new_key:
            objects.copy(old_key, new_key)
    objects.delete(old_keys)
    return old_keys
