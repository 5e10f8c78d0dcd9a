"""Export the sidecars of albums."""

import json
from collections.abc import Iterator

from app.domain import object_keys
from app.domain.albums.album import Album
from app.domain.errors import ObjectNotFound
from app.maintenance.albums.snapshot import find_album
from app.maintenance.progress import ProgressCallback, no_progress
from app.services.ports import Backend, ObjectStore


def export_albums(
    backend: Backend, target: ObjectStore, *, progress: ProgressCallback = no_progress
) -> int:
    """Write the sidecar of every album, and delete those of albums that are gone.

    Returns:
        The number of albums.
    """
    count = 0
    for album in progress("albums", backend.albums.all()):
        _write_sidecar(target, album)
        count += 1
    target.delete(list(_sidecars_of_no_album(backend, target)))
    return count


def _write_sidecar(target: ObjectStore, album: Album) -> None:
    key = object_keys.album_sidecar(album.album_id)
    body = json.dumps(album.to_dict(), ensure_ascii=False, indent=1).encode()
    if _body_of(target, key) != body:
        target.put(key, body)


def _body_of(target: ObjectStore, key: str) -> bytes | None:
    try:
        return target.get(key)
    except ObjectNotFound:
        return None


def _sidecars_of_no_album(backend: Backend, target: ObjectStore) -> Iterator[str]:
    for stored in target.list(object_keys.ALBUM_PREFIX):
        album_id = object_keys.album_id_of(stored.key)
        if album_id and find_album(backend, album_id) is None:
            yield stored.key
