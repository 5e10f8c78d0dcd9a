"""One photo's objects, all together: put on the shelf, taken back, moved to the trash and out of it again."""

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
from app.services.upload_trace import UploadStage, stage

log = logging.getLogger(__name__)

MAX_PARALLEL_UPLOADS = 6  # as many as one upload has objects


class PhotoObjects:
    """The objects of photos in one store, `putters` of them under way at once."""

    def __init__(self, objects: ObjectStore, putters: int = MAX_PARALLEL_UPLOADS) -> None:
        self._objects = objects
        self._pool = ThreadPoolExecutor(putters, thread_name_prefix="objects")

    def put(self, photo: Photo, image: ProcessedImage) -> None:
        """Renditions and original side by side, then the record; on a failure everything put is taken back."""
        bodies = {
            object_keys.rendition(photo.photo_id, rendition.width): rendition.body
            for rendition in image.renditions
        }
        bodies[object_keys.original(photo.photo_id, photo.content_type)] = image.original
        try:
            with stage(UploadStage.OBJECTS):
                self._put_all(bodies)
            with stage(UploadStage.RECORD):
                self.put_sidecar(photo)
        except BaseException:
            self.delete_all(photo)
            raise

    def delete_all(self, photo: Photo) -> None:
        """Remove what was put for a photo that did not come to be."""
        try:
            self.delete_public(photo)
        except StorageError:
            log.exception(
                "could not take back the objects of photo %s; check will name them", photo.photo_id
            )

    def put_sidecar(self, photo: Photo) -> None:
        """Write the record where it belongs: with a trashed photo's objects it expires."""
        trashed = photo.state is PhotoState.TRASHED
        key = (
            object_keys.trashed_sidecar(photo.photo_id)
            if trashed
            else object_keys.sidecar(photo.photo_id)
        )
        self._objects.put(key, json.dumps(photo.to_dict(), ensure_ascii=False, indent=1).encode())

    def copy_to_trash(self, photo: Photo) -> None:
        """Copy a trashed photo's objects to the trash, and its record; what is there already stays."""
        self._copy_all((key, object_keys.trashed(key)) for key in photo.object_keys)
        self.put_sidecar(photo)

    def copy_from_trash(self, photo: Photo) -> None:
        """Copy a photo's objects and record back. Raises ObjectNotFound once they have expired."""
        self._copy_all((object_keys.trashed(key), key) for key in photo.object_keys)
        self.put_sidecar(photo)

    def delete_public(self, photo: Photo) -> None:
        """Remove what a photo has outside the trash."""
        self._objects.delete([*photo.object_keys, object_keys.sidecar(photo.photo_id)])

    def delete_trashed(self, photo: Photo) -> None:
        """Remove what the trash has of a photo."""
        self._objects.delete(
            [
                *map(object_keys.trashed, photo.object_keys),
                object_keys.trashed_sidecar(photo.photo_id),
            ]
        )

    def _put_all(self, bodies: dict[str, bytes]) -> None:
        self._wait_for(self._submit(self._objects.put, key, body) for key, body in bodies.items())

    def _copy_all(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._wait_for(self._submit(self._copy, source, target) for source, target in pairs)

    def _wait_for(self, calls: Iterable[Future[None]]) -> None:
        """Return when all calls have ended, well or not: what a failure takes back, none of them may put back."""
        failures = [error for call in list(calls) if (error := call.exception())]
        if failures:
            raise failures[0]

    def _submit(self, task: Callable[..., None], *arguments: object) -> Future[None]:
        """Run `task` on a helping thread, in the context of whoever asked: the request log counts by it."""
        return self._pool.submit(copy_context().run, task, *arguments)

    def _copy(self, source: str, target: str) -> None:
        try:
            self._objects.copy(source, target)
        except ObjectNotFound:
            if not self._objects.exists(target):
                raise
