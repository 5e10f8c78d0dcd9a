"""Sidecars of albums: how they are read, and whether they match the catalog."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial

from app.domain import object_keys, photo_ids
from app.domain.albums.album import Album
from app.domain.albums.guests import MAX_PHOTOS, is_guest_code
from app.domain.albums.link import is_storable_time
from app.domain.errors import ObjectNotFound
from app.maintenance.concurrency import map_concurrently
from app.services.ports import ObjectSource

MAX_SIDECAR_BYTES = 100_000  # the longest texts take 32 kB, as JSON in UTF-8

_OWNER = re.compile("[0-9a-f]{32}")  # see `contributor_cookie.owner_hash`
_MAX_VERSION = 10**9  # each edit adds 1


def read_album_sidecar(objects: ObjectSource, album_id: str) -> Album | None:
    """Return the album that a sidecar holds, None if it is damaged or holds another album.

    Raises:
        ObjectNotFound: The album has no sidecar.
    """
    body = objects.get(object_keys.album_sidecar(album_id))
    if len(body) > MAX_SIDECAR_BYTES:
        return None
    try:
        album = Album.from_dict(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    return album if album.album_id == album_id and _is_storable(album) else None


def find_stale_album_sidecars(objects: ObjectSource, albums: Iterable[Album]) -> Iterator[str]:
    """Yield the ids of the albums whose sidecar differs from the record: one read an album."""
    for stale in map_concurrently(partial(_stale, objects), albums):
        if stale:
            yield stale


def _stale(objects: ObjectSource, album: Album) -> str | None:
    try:
        sidecar = read_album_sidecar(objects, album.album_id)
    except ObjectNotFound:
        sidecar = None
    return None if sidecar == album else album.album_id


def _is_storable(album: Album) -> bool:
    """Return whether the catalog can store the album, and all of its later versions."""
    has_owner = _OWNER.fullmatch(album.owner) is not None
    has_version = 1 <= album.version <= _MAX_VERSION
    has_cover = not album.cover or photo_ids.is_photo_id(album.cover)
    has_time = album.created_at.tzinfo is not None
    has_settings = _has_guest_settings(album) and _has_link_times(album)
    return has_owner and has_version and has_cover and has_time and has_settings


def _has_guest_settings(album: Album) -> bool:
    has_code = not album.guest_code or is_guest_code(album.guest_code)
    has_limit = 1 <= album.guest_limit <= MAX_PHOTOS
    return has_code and has_limit


def _has_link_times(album: Album) -> bool:
    return all(map(is_storable_time, (album.guest_until, album.ends_at, album.settle_at)))
