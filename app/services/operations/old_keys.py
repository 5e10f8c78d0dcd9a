"""Recognize objects under the keys of an earlier version, which had no partition.

They were `photos/<photo_id>/…`, the same under the other prefixes, and `records/<photo_id>.json`.
"""

import re

from app.domain import object_keys, photo_ids
from app.services.ports import ObjectSource

_OLD_KEY = re.compile(r"(?P<prefix>[a-z]+/)(?P<photo_id>[0-9A-Z]{26})(?P<rest>/[^/]+|\.json)")
# Of ids of the years 1970 to 2004, and 2004 to 2039. A partition is one character long.
_BEGINNINGS = ("00", "01")


def has_old_keys(source: ObjectSource) -> bool:
    """Return whether a photo has keys of an earlier version: two listings for each prefix."""
    return any(
        new_key_of(stored.key)
        for prefix in object_keys.PREFIXES
        for beginning in _BEGINNINGS
        for stored in source.list(prefix + beginning)
    )


def new_key_of(key: str) -> str | None:
    """Return the key that an object of an earlier version has now, None for any other key."""
    found = _OLD_KEY.fullmatch(key)
    if not found or not photo_ids.is_photo_id(found["photo_id"]):
        return None
    is_sidecar = found["rest"] == ".json"
    if is_sidecar != (found["prefix"] == object_keys.RECORD_PREFIX):
        return None
    # A file that no version of Shoebox stores, such as Thumbs.db, must not stop the site.
    if found["rest"].rpartition(".")[2] not in object_keys.CONTENT_TYPES:
        return None
    beginning = found["prefix"] + object_keys.partition(found["photo_id"])
    return f"{beginning}/{found['photo_id']}{found['rest']}"
