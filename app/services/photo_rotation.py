"""Rotate a photo: replace its original and its renditions.

Objects are immutable, so the images of the rotated photo get other keys, with the next revision.
The record names the objects that are not used yet, or not any more. If the request is interrupted,
`PhotoMoves.complete` deletes them.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from app.domain.errors import (
    EditConflict,
    InternalError,
    InvalidUpload,
    ObjectNotFound,
    PhotoNotFound,
    StorageError,
    StorageUnavailable,
)
from app.domain.image.image_options import ImageOptions
from app.domain.image.processed_image import ProcessedImage
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.deadline import timeout
from app.services.image_processor import ImageProcessor
from app.services.leases import Leases
from app.services.photo_moves import PhotoMoves
from app.services.photo_objects import PhotoObjects
from app.services.ports import Backend

STORAGE_TIMEOUT = 20.0  # seconds for all storage calls after the image is processed
_MAX_ATTEMPTS = 3  # each decodes the photo

log = logging.getLogger(__name__)


class PhotoRotation:
    """Rotates photos, each under a lease."""

    def __init__(
        self,
        backend: Backend,
        photo_objects: PhotoObjects,
        process_image: ImageProcessor,
        now: Callable[[], datetime],
    ) -> None:
        self._catalog = backend.catalog
        self._photo_objects = photo_objects
        self._process_image = process_image
        self._moves = PhotoMoves(backend, photo_objects, now)
        self._leases = Leases(backend.catalog, now)

    def rotate(self, photo: Photo, quarter_turns: int, revision: int | None) -> Photo:
        """Turn a photo clockwise. Change nothing if it is not at `revision` any more.

        Raises:
            PhotoNotFound: The photo is in the trash.
            PhotoBusy: Another request is moving the objects.
            Busy: No image worker is free.
            EditConflict: Other requests changed the photo before every attempt.
            StorageError: The photo is unchanged.
        """
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            with timeout(STORAGE_TIMEOUT):
                photo = self._moves.settle(photo)
            if photo.state is PhotoState.TRASHED:
                raise PhotoNotFound(photo.photo_id)
            if photo.revision != revision:
                return photo
            try:
                return self._rotate(photo, quarter_turns)
            except (EditConflict, ObjectNotFound):  # the photo was rotated in the meantime
                if attempt == _MAX_ATTEMPTS:
                    raise
                photo = self._catalog.get(photo.photo_id)
        raise AssertionError("the last attempt returns or raises")

    def _rotate(self, photo: Photo, quarter_turns: int) -> Photo:
        turns = (photo.rotation + quarter_turns) % 4
        with ExitStack() as opened:
            with timeout(STORAGE_TIMEOUT):
                original = opened.enter_context(self._photo_objects.original(photo))
            image = opened.enter_context(closing(self._process(original, turns)))
            with timeout(STORAGE_TIMEOUT):
                return self._replace(photo, _rotated(photo, image), image)

    def _process(self, original: BinaryIO, turns: int) -> ProcessedImage:
        """Return the turned image. The site has stored the file, so it is not at fault."""
        try:
            return self._process_image(original, options=ImageOptions(quarter_turns=turns))
        except InvalidUpload as error:
            raise InternalError from error

    def _replace(self, photo: Photo, rotated: Photo, image: ProcessedImage) -> Photo:
        """Store the images, change the record, then delete the earlier images."""
        leased = self._leases.acquire(photo, unused_objects=rotated.object_names)
        switched = leased.next_version(
            **image.photo_fields, revision=rotated.revision, unused_objects=photo.object_names
        )
        try:
            self._photo_objects.put(switched, image)
            self._leases.check(leased)
            self._switch(leased, switched)
        except BaseException:
            self._leases.release(leased)
            raise
        return self._finish(switched)

    def _switch(self, leased: Photo, switched: Photo) -> None:
        try:
            self._catalog.update(leased, switched)
        except StorageUnavailable:
            # If the catalog has the rotated photo, only the response was lost.
            if self._catalog.get(leased.photo_id) != switched:
                raise

    def _finish(self, switched: Photo) -> Photo:
        """Delete the earlier images. After a failure, a background task deletes them."""
        finished = switched.next_version(lease_expires_at=None, unused_objects=())
        try:
            self._photo_objects.put_sidecar(finished)
            self._photo_objects.delete_unused(switched)
        except StorageError:
            log.exception("the earlier images of photo %s are deleted later", switched.photo_id)
            self._leases.release(switched)
            return switched
        self._leases.end(switched, finished)
        return finished


def _rotated(photo: Photo, image: ProcessedImage) -> Photo:
    """Return the photo with the next revision of its images."""
    return replace(photo, revision=photo.revision + 1, **image.photo_fields)
