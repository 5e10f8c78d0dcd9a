"""Change the credit of a photo in its record and in its files.

Files that state the earlier credit, or that have to state the new one, are written again as the
next revision, with the same pixels.
"""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import IO, BinaryIO

from app.domain.errors import InternalError, InvalidUpload
from app.domain.image.credit import Credit
from app.domain.image.credit_choice import CreditChoice
from app.domain.image.credited_file import CreditedFile
from app.domain.image.processed_image import Body, crc32_of, size_of
from app.domain.image.taken_date import TakenDate
from app.domain.photo import Photo
from app.services.deadline import timeout
from app.services.leases import Leases
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog
from app.services.record_writer import RecordWriter
from app.services.revisions.credit_writer import CreditWriter
from app.services.revisions.image_revisions import ImageRevisions

STORAGE_TIMEOUT = 20.0  # seconds for all storage calls after the original is written again
_BLOCK = 2**20  # bytes that are compared at a time


class CreditFiles:
    """Changes the credits of photos."""

    def __init__(
        self,
        catalog: Catalog,
        photo_objects: PhotoObjects,
        write_credit: CreditWriter,
        now: Callable[[], datetime],
    ) -> None:
        self._photo_objects = photo_objects
        self._records = RecordWriter(catalog, photo_objects)
        self._revisions = ImageRevisions(catalog, photo_objects, Leases(catalog, now))
        self._write_credit = write_credit

    def change(self, photo: Photo, edited: Photo) -> Photo:
        """Change the record to its next version, and the files to the credit of that version.

        If the original states the credit already, or none and must not, the files stay as they are.

        Raises:
            EditConflict: Another request has changed the photo.
            Busy: No image worker is free.
            ObjectNotFound: The original is missing, or the photo has another revision.
            StorageError: The photo is unchanged.
        """
        credit = edited.credit or Credit()
        with ExitStack() as opened:
            with timeout(STORAGE_TIMEOUT):
                original = opened.enter_context(self._photo_objects.original(photo))
            credited = opened.enter_context(closing(self._credited(original, credit)))
            edited = replace(edited, credit_in_files=credited.states_credit)
            with timeout(STORAGE_TIMEOUT):
                if _is_equal(original, credited.body):
                    return self._records.replace(photo, edited)
                return self._revise(photo, edited, credited)

    def _revise(self, photo: Photo, edited: Photo, credited: CreditedFile) -> Photo:
        revised = replace(
            edited,
            revision=photo.revision + 1,
            bytes=size_of(credited.body),
            crc32=crc32_of(credited.body),
        )
        rewrite = partial(self._rewritten, credit=edited.credit or Credit())

        def store(target: Photo) -> None:
            self._photo_objects.put_rewritten(photo, target, credited.body, rewrite)

        return self._revisions.replace(photo, revised, store)

    def _rewritten(self, rendition: bytes, credit: Credit) -> bytes:
        with closing(self._credited(BytesIO(rendition), credit)) as credited:
            return credited.body if isinstance(credited.body, bytes) else credited.body.read()

    def _credited(self, file: BinaryIO, credit: Credit) -> CreditedFile:
        """Return the file with the credit. The site has stored it, so it is not at fault."""
        try:
            return self._write_credit(file, credit=credit)
        except InvalidUpload as error:
            raise InternalError from error


def chosen_credit(photo: Photo, choice: CreditChoice, taken: TakenDate | None) -> Credit | None:
    """Return the credit of a photo after a choice; None for none.

    Args:
        photo: The photo.
        choice: The choice, not yet validated.
        taken: The date taken, whose year a new copyright notice states.

    Raises:
        InvalidText: The credit or the license is invalid.
    """
    year = (taken.earliest if taken else photo.uploaded_at).year
    return choice.validated().apply(photo.credit, year)


def _is_equal(file: BinaryIO, body: Body) -> bool:
    """Return whether a file has the bytes of a body, and leave both at their start."""
    other = BytesIO(body) if isinstance(body, bytes) else body
    file.seek(0)
    is_equal = _have_same_bytes(file, other)
    other.seek(0)
    file.seek(0)
    return is_equal


def _have_same_bytes(one: BinaryIO, other: IO[bytes]) -> bool:
    while block := one.read(_BLOCK):
        if other.read(_BLOCK) != block:
            return False
    return not other.read(1)
