"""Sidecars: how they are read, and whether they match the catalog."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial

from app.domain import object_keys
from app.domain.errors import ObjectNotFound
from app.domain.photo import Photo
from app.domain.versions.revisions import MAX_REVISION
from app.maintenance.concurrency import map_concurrently
from app.maintenance.findings import Finding, FindingKind
from app.services.ports import ObjectSource, ObjectStore

MAX_SIDECAR_BYTES = 200_000  # the longest texts take 60 kB, as JSON in UTF-8

_OWNER = re.compile("[0-9a-f]{32}")  # see `contributor_cookie.owner_hash`
_MAX_KEY_VALUE = 200  # characters; a SHA-256 has 64
_MAX_CRC32 = 2**32 - 1
_MAX_VERSION = 10**9  # each edit adds 1


def sidecar_keys(photo_id: str) -> list[str]:
    """Return the keys that a photo's sidecar can have, one for each prefix."""
    return [object_keys.sidecar(photo_id, prefix) for prefix in object_keys.PHOTO_PREFIXES]


def read_sidecar(objects: ObjectSource, key: str) -> Photo | None:
    """Return the photo that a sidecar holds, None if it is damaged or holds another photo.

    Raises:
        ObjectNotFound: There is no sidecar under `key`.
    """
    body = objects.get(key)
    if len(body) > MAX_SIDECAR_BYTES:
        return None
    try:
        photo = Photo.from_dict(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    is_of_this_photo = photo.photo_id == object_keys.photo_id_of(key)
    return photo if is_of_this_photo and _is_storable(photo) else None


def read_sidecars(objects: ObjectStore, photo_id: str) -> dict[str, Photo | None]:
    """Return the photo's sidecars by key; the value of a damaged one is None."""
    found: dict[str, Photo | None] = {}
    for key in sidecar_keys(photo_id):
        try:
            found[key] = read_sidecar(objects, key)
        except ObjectNotFound:
            continue
    return found


def _is_storable(photo: Photo) -> bool:
    """Return whether the catalog can store the photo, and all of its later versions."""
    is_image = photo.content_type in object_keys.IMAGE_TYPES
    has_version = 1 <= photo.version <= _MAX_VERSION
    has_owner = _OWNER.fullmatch(photo.owner) is not None
    has_checksum = photo.crc32 is None or 0 <= photo.crc32 <= _MAX_CRC32
    is_turned = 0 <= photo.rotation <= 3 and 0 <= photo.revision <= MAX_REVISION
    is_like_ours = has_version and has_owner and has_checksum and _has_short_keys(photo)
    return is_image and is_turned and is_like_ours


def _has_short_keys(photo: Photo) -> bool:
    """Return whether the values that become keys of the catalog are like Shoebox's own."""
    values = (photo.sha256, photo.idempotency_key)
    return all(
        0 < len(value) <= _MAX_KEY_VALUE and value.isascii() and value.isprintable()
        for value in values
    )


def latest_version(photos: Iterable[Photo | None]) -> Photo | None:
    """Return the photo with the highest version, None if there is no photo."""
    readable = (photo for photo in photos if photo)
    return max(readable, key=lambda photo: photo.version, default=None)


def find_stale_sidecars(objects: ObjectStore, photos: Iterable[Photo]) -> Iterator[Finding]:
    """Yield a finding for each photo whose sidecar differs from its record: one read a photo."""
    for finding in map_concurrently(partial(_compare, objects), photos):
        if finding:
            yield finding


def _compare(objects: ObjectStore, photo: Photo) -> Finding | None:
    key = photo.sidecar_key
    try:
        sidecar = read_sidecar(objects, key)
    except ObjectNotFound:
        sidecar = None
    if sidecar == photo:
        return None
    return Finding(FindingKind.STALE_SIDECAR, key, photo.photo_id)
