"""Rotate a photo: replace its original and its renditions."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from functools import partial
from typing import BinaryIO

from app.domain.errors import (
    EditConflict,
    InternalError,
    InvalidUpload,
    ObjectNotFound,
    PhotoNotFound,
)
from app.domain.image.credit_choice import CreditChoices
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
from app.services.revisions.image_revisions import ImageRevisions

STORAGE_TIMEOUT = 20.0  # seconds for all storage calls after the image is processed
_MAX_ATTEMPTS = 3  # each decodes the photo


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
        leases = Leases(backend.catalog, now)
        self._revisions = ImageRevisions(backend.catalog, photo_objects, leases)

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
            credit = CreditChoices.of_record(photo.credit)
            options = ImageOptions(quarter_turns=turns, credit=credit)
            image = opened.enter_context(closing(self._process(original, options)))
            rotated = photo.next_version(
                **image.photo_fields,
                credit_in_files=image.credit_in_files,
                revision=photo.revision + 1,
            )
            store = partial(self._photo_objects.put, image=image)
            with timeout(STORAGE_TIMEOUT):
                return self._revisions.replace(photo, rotated, store)

    def _process(self, original: BinaryIO, options: ImageOptions) -> ProcessedImage:
        """Return the turned image. The site has stored the file, so it is not at fault."""
        try:
            return self._process_image(original, options=options)
        except InvalidUpload as error:
            raise InternalError from error
