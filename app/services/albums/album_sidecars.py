"""Copy the records of albums to the object store, so that they can be rebuilt from the bucket."""

import json
import logging

from app.domain import object_keys
from app.domain.albums.album import Album
from app.domain.errors import StorageError
from app.services.ports import ObjectStore

log = logging.getLogger(__name__)


class AlbumSidecars:
    """Writes `records/albums/<album_id>.json`. The catalog has the authoritative record."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def put(self, album: Album) -> None:
        """Write the sidecar. A failure is only logged, because `repair` can write it later."""
        try:
            self.write(album)
        except StorageError:
            log.exception(
                "the sidecar of album %s is out of date; run the repair command", album.album_id
            )

    def write(self, album: Album) -> None:
        """Write the sidecar. Raises StorageError."""
        body = json.dumps(album.to_dict(), ensure_ascii=False, indent=1).encode()
        self._objects.put(object_keys.album_sidecar(album.album_id), body)

    def delete(self, album_id: str) -> None:
        """Delete the sidecar. Raises StorageError."""
        self._objects.delete([object_keys.album_sidecar(album_id)])
