"""Store, move and delete all objects of a photo together."""

import json
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

from app.domain import object_keys
from app.domain.errors import ObjectNotFound, StorageError
from app.domain.photo import Photo, PhotoState
from app.domain.processed_image import ProcessedImage
from app.services.ports import ObjectStore

log = logging.getLogger(__name__)

MAX_PARALLEL_UPLOADS = 6  # one upload has at most six objects


class PhotoObjects:
    """The objects of photos in one object store.

    Args:
        max_parallel_uploads: The most objects that are stored or copied at the same time.
    """

    def __init__(
        self, objects: ObjectStore, max_parallel_uploads: int = MAX_PARALLEL_UPLOADS
    ) -> None:
        self._objects = objects
        self._pool = ThreadPoolExecutor(max_parallel_uploads, thread_name_prefix="objects")

    def put(self, photo: Photo, image: ProcessedImage) -> None:
        """Store the renditions and the original, several at a time."""
        bodies = {
            object_keys.rendition(photo.photo_id, rendition.width): rendition.body
            for rendition in image.renditions
        }
        bodies[object_keys.original(photo.photo_id, photo.content_type)] = image.original
        self._put_all(bodies)

    def put_sidecar(self, photo: Photo) -> None:
        """Write the sidecar. In the trash it is next to the objects and expires with them."""
        body = json.dumps(photo.to_dict(), ensure_ascii=False, indent=1).encode()
        self._objects.put(_sidecar_key(photo), body)

    def delete_all(self, photo: Photo) -> None:
        """Delete the objects of a photo that could not be published; log a failure."""
        try:
            self.delete_public(photo)
        except StorageError:
            log.exception(
                "could not delete the objects of photo %s, which was not published; "
                "`flask check` reports them",
                photo.photo_id,
            )

    def copy_to_trash(self, photo: Photo) -> None:
        """Copy the objects to the trash and write the sidecar there; keep copies that exist."""
        self._copy_all((key, object_keys.trashed(key)) for key in photo.object_keys)
        self.put_sidecar(photo)

    def copy_from_trash(self, photo: Photo) -> None:
        """Copy the objects back from the trash, and write the sidecar.

        Raises:
            ObjectNotFound: The objects in the trash have expired.
        """
        self._copy_all((object_keys.trashed(key), key) for key in photo.object_keys)
        self.put_sidecar(photo)

    def delete_public(self, photo: Photo) -> None:
        """Delete the objects and the sidecar outside the trash."""
        self._objects.delete([*photo.object_keys, object_keys.sidecar(photo.photo_id)])

    def delete_trashed(self, photo: Photo) -> None:
        """Delete the objects and the sidecar in the trash."""
        keys = [object_keys.trashed(key) for key in photo.object_keys]
        self._objects.delete([*keys, object_keys.trashed_sidecar(photo.photo_id)])

    def _put_all(self, bodies: dict[str, bytes]) -> None:
        self._wait_for(self._submit(self._objects.put, key, body) for key, body in bodies.items())

    def _copy_all(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._wait_for(self._submit(self._copy, source, target) for source, target in pairs)

    def _wait_for(self, calls: Iterable[Future[None]]) -> None:
        """Wait for all calls, then raise the first error.

        After an error the caller deletes the objects. A call that still runs would store one again.
        """
        errors = [call.exception() for call in list(calls)]
        for error in errors:
            if error:
                raise error

    def _submit(self, task: Callable[..., None], *arguments: object) -> Future[None]:
        """Run `task` in the pool, in the caller's context, where the request log counts."""
        return self._pool.submit(copy_context().run, task, *arguments)

    def _copy(self, source: str, target: str) -> None:
        try:
            self._objects.copy(source, target)
        except ObjectNotFound:
            if not self._objects.exists(target):
                raise


def _sidecar_key(photo: Photo) -> str:
    if photo.state is PhotoState.TRASHED:
        return object_keys.trashed_sidecar(photo.photo_id)
    return object_keys.sidecar(photo.photo_id)
