"""Recognize objects under the keys of an earlier version, which had no partition.

They were `photos/<photo_id>/…`, the same under the other prefixes, and `records/<photo_id>.json`.
"""

import re

from app.domain import object_keys, photo_ids
from app.services.ports import ObjectSource

_OLD_KEY = re.compile(r"(?P<prefix>[a-z]+/)(?P<photo_id>[0-9A-Z]{26})(?:/(?P<name>[^/]+)|\.json)")
# The first characters of ids from 1970 to 2004, and from 2004 to 2039. In current keys, a partition
# of one character follows the prefix.
_BEGINNINGS_OF_IDS = ("00", "01")


def has_old_keys(source: ObjectSource) -> bool:
    """Return whether a photo has keys of an earlier version, with two LISTs for each prefix."""
    return any(
        new_key_of(stored.key)
        for prefix in object_keys.PREFIXES
        for beginning in _BEGINNINGS_OF_IDS
        for stored in source.list(prefix + beginning)
    )


def new_key_of(key: str) -> str | None:
    """Return the current key of an object of an earlier version, None for any other key."""
    found = _OLD_KEY.fullmatch(key)
    if not found or not photo_ids.is_photo_id(found["photo_id"]):
        return None
    prefix, photo_id, name = found.group("prefix", "photo_id", "name")
    if prefix == object_keys.RECORD_PREFIX:
        return object_keys.sidecar(photo_id) if name is None else None
    # A file that no version of Shoebox stores, such as Thumbs.db, must not stop the site.
    if name is None or key.rpartition(".")[2] not in object_keys.CONTENT_TYPES:
        return None
    return object_keys.named(photo_id, name, prefix)
