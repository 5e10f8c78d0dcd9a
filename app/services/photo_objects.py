"""Store, move and delete all objects of a photo together."""

import json
import logging
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from contextvars import copy_context
from tempfile import TemporaryFile
from typing import Any, BinaryIO, TypeVar

from app.domain import object_keys
from app.domain.errors import ObjectNotFound, StorageError
from app.domain.image.processed_image import Body, ProcessedImage
from app.domain.image.rendition_sizes import MIN_CREDIT_WIDTH
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.ports import ObjectStore

log = logging.getLogger(__name__)

Result = TypeVar("Result")

MAX_PARALLEL_UPLOADS = 12  # the renditions and the original of a photo


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
        """Store the renditions and the original under the photo's state, several in parallel."""
        self._put_all(bodies_of(photo, image))

    def put_rewritten(
        self, photo: Photo, revised: Photo, original: Body, rewrite: Callable[[bytes], bytes]
    ) -> None:
        """Store the images of a photo as those of another revision, several in parallel.

        Args:
            photo: The photo with its images.
            revised: The photo with another revision, and nothing else about its images.
            original: The original of the revision.
            rewrite: Returns the body of a rendition that is large enough to state the credit.
        """
        *sources, _original = photo.stored_keys
        *targets, original_key = revised.stored_keys
        widths = (*sorted(photo.widths), *sorted(photo.avif_widths))
        calls: list[Future[Any]] = [self._submit(self._objects.put, original_key, original)]
        for source, target, width in zip(sources, targets, widths, strict=True):
            if width < MIN_CREDIT_WIDTH:
                skip_missing = True
                calls.append(self._submit(self._copy, [source], target, skip_missing))
            else:
                calls.append(self._submit(self._rewrite, source, target, rewrite))
        self._wait_for(calls)

    def copy_renamed(self, photo: Photo, renamed: Photo, *, skip_missing: bool = True) -> None:
        """Copy the objects to the names and the prefix of another revision, then the sidecar.

        Args:
            photo: The photo as it is stored.
            renamed: The photo with another revision, and perhaps in another state.
            skip_missing: Log an object that is lost, instead of raising ObjectNotFound.
        """
        pairs = zip(photo.stored_keys, renamed.stored_keys, strict=True)
        self._wait_for(
            self._submit(self._copy, [source], target, skip_missing) for source, target in pairs
        )
        self.put_sidecar(renamed)

    @contextmanager
    def original(self, photo: Photo) -> Iterator[BinaryIO]:
        """Open a copy of the original in a temporary file. Raises ObjectNotFound."""
        with TemporaryFile() as copy:
            with closing(self._objects.open(photo.stored_keys[-1])) as stored:
                shutil.copyfileobj(stored, copy)
            copy.seek(0)
            yield copy

    def put_sidecar(self, photo: Photo) -> None:
        """Write the sidecar under the key that it has in the photo's state."""
        body = json.dumps(photo.to_dict(), ensure_ascii=False, indent=1).encode()
        self._objects.put(photo.sidecar_key, body)

    def delete_all(self, photo: Photo) -> None:
        """Delete the objects of a photo that could not be published; log a failure."""
        try:
            self.delete(photo)
        except StorageError:
            log.exception(
                "could not delete the objects of photo %s, which was not published; "
                "`flask check` reports them",
                photo.photo_id,
            )

    def copy(
        self, sources: Iterable[PhotoState], photo: Photo, *, skip_missing: bool = False
    ) -> tuple[str, ...]:
        """Copy the objects to the prefix of the photo's state, then write the sidecar.

        Args:
            sources: The states whose prefixes may have the objects. The first one that has an
                object is used. Where that is the photo's own state, the object stays as it is.
            photo: The photo in its new state.
            skip_missing: Log an object that is nowhere, instead of raising ObjectNotFound.

        Returns:
            The keys of the objects that are nowhere.
        """
        prefixes = dict.fromkeys(source.prefix for source in sources)
        calls = {}
        for target in photo.stored_keys:
            candidates = [object_keys.moved(target, prefix) for prefix in prefixes]
            calls[target] = self._submit(self._copy, candidates, target, skip_missing)
        self._wait_for(calls.values())
        self.put_sidecar(photo)
        return tuple(target for target, call in calls.items() if not call.result())

    def delete(self, photo: Photo) -> None:
        """Delete the objects and the sidecar of the photo's state."""
        self._objects.delete([*photo.stored_keys, photo.sidecar_key])

    def delete_outside(self, photo: Photo, lost: Collection[str] = ()) -> None:
        """Delete the objects of other revisions, and those and the sidecars of other states.

        Those in the trash expire.

        Args:
            photo: The photo.
            lost: Keys that `copy` returned. No object is deleted that was not copied before.
        """
        prefix = photo.state.prefix
        keys = [key for key in photo.keys_outside if object_keys.moved(key, prefix) not in lost]
        self._objects.delete(keys)

    def _put_all(self, bodies: dict[str, Body]) -> None:
        self._wait_for(self._submit(self._objects.put, key, body) for key, body in bodies.items())

    def _wait_for(self, calls: Iterable[Future[Any]]) -> None:
        """Wait for all calls, then raise the first error.

        After an error the caller deletes the objects. A call that still runs would store one again.
        """
        errors = [call.exception() for call in list(calls)]
        for error in errors:
            if error:
                raise error

    def _submit(self, task: Callable[..., Result], *arguments: object) -> Future[Result]:
        """Run `task` in the pool, in the caller's context, where the request log counts."""
        return self._pool.submit(copy_context().run, task, *arguments)

    def _copy(
        self,
        sources: Sequence[str],
        target: str,
        skip_missing: bool,  # noqa: FBT001  an argument of _submit
    ) -> bool:
        """Copy the first of `sources` that exists. Return whether one does."""
        if any(self._copy_if_found(source, target) for source in sources):
            return True
        if not skip_missing:
            raise ObjectNotFound(sources[0])
        log.error("the object %s is lost; `flask check` reports it", target)
        return False

    def _rewrite(self, source: str, target: str, rewrite: Callable[[bytes], bytes]) -> None:
        try:
            body = self._objects.get(source)
        except ObjectNotFound:
            log.exception("the object %s is lost; `flask check` reports it", target)
            return
        self._objects.put(target, rewrite(body))

    def _copy_if_found(self, source: str, target: str) -> bool:
        if source == target:
            return self._objects.exists(target)
        with suppress(ObjectNotFound):
            self._objects.copy(source, target)
            return True
        return False


def bodies_of(photo: Photo, image: ProcessedImage) -> dict[str, Body]:
    """Return the objects of an image under the keys that they have in the photo's state."""
    bodies: dict[str, Body] = {photo.object_keys[-1]: image.original}
    for each in image.renditions:
        key = object_keys.rendition(photo.photo_id, each.width, each.content_type, photo.revision)
        bodies[key] = each.body
    prefix = photo.state.prefix
    return {object_keys.moved(key, prefix): body for key, body in bodies.items()}
