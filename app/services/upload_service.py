"""Publish uploads: check the quota, process the image, store its objects, add it to the catalog.

Every stage is a method of its own, so that the request log can name the stage that failed.
"""

import hashlib
from collections.abc import Callable
from contextlib import closing, suppress
from typing import BinaryIO

from app.domain import object_keys, photo_ids
from app.domain.errors import (
    AlreadyPublished,
    FileTooLarge,
    InternalError,
    PhotoNotFound,
    QuotaReached,
    ShoeboxError,
)
from app.domain.image.processed_image import ProcessedImage, size_of
from app.domain.image.rendition_sizes import AVIF, JPEG
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.photo_text import clean_filename
from app.domain.upload import PhotoText, UploadRequest, UploadResult, ValidatedText
from app.services.deadline import timeout
from app.services.image_processor import ImageProcessor
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog
from app.services.quotas import Quotas
from app.services.upload_trace import UploadStage, note_photo, stage

STORAGE_TIMEOUT = 20.0  # seconds for all storage calls of one upload; visitors rarely wait longer
_MAX_DUPLICATES_READ = 5  # the same form's photo is among the newest: few people send the same file


class UploadService:
    """Makes photos from uploaded files.

    Args:
        process_image: Verifies and cleans a file and makes its renditions.
        max_file_bytes: The size limit of one file, in bytes.
        new_id: Returns a new photo id.
    """

    def __init__(
        self,
        catalog: Catalog,
        photo_objects: PhotoObjects,
        process_image: ImageProcessor,
        quotas: Quotas,
        *,
        max_file_bytes: int,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects
        self._process_image = process_image
        self._quotas = quotas
        self._max_file_bytes = max_file_bytes
        self._new_id = new_id or photo_ids.PhotoIdFactory()

    @stage(UploadStage.TEXT)
    def validate(self, text: PhotoText) -> ValidatedText:
        """Return the text of a form in the form in which it is stored. Raises InvalidText."""
        return text.validated()

    def publish(self, upload: UploadRequest) -> UploadResult:
        """Make one uploaded file a listed photo, or store nothing.

        The same form and file sent again give the photo that they made the first time.

        Raises:
            InvalidUpload: The file cannot become a photo, or a quota is reached.
            Busy: No image worker is free.
            StorageError: The storage failed.
            InternalError: Anything else failed; this is not the file's fault.
        """
        try:
            return self._publish(upload)
        except (QuotaReached, AlreadyPublished) as refusal:
            earlier = self._find_replayed(upload, refusal)
            if earlier is None:
                raise
            return UploadResult(earlier)
        except ShoeboxError:
            raise
        except Exception as error:
            raise InternalError from error

    def process(self, file: BinaryIO, /, *, quarter_turns: int = 0) -> ProcessedImage:
        """Return the image that an upload of `file` would publish. Raises the errors of `publish`.

        The size of the file is not checked: an export may hold an original that is larger than its
        upload was.
        """
        try:
            return self._process(file, quarter_turns)
        except ShoeboxError:
            raise
        except Exception as error:
            raise InternalError from error

    def _publish(self, upload: UploadRequest) -> UploadResult:
        size = size_of(upload.file)
        self._check_size(size)
        self._check_quota(upload, size)
        with closing(self._process(upload.file)) as image, timeout(STORAGE_TIMEOUT):
            return self._publish_image(upload, image)

    def _publish_image(self, upload: UploadRequest, image: ProcessedImage) -> UploadResult:
        duplicate_of = self._find_duplicate(image.sha256)
        photo = _build_photo(self._new_id(), upload, image)
        note_photo(photo.photo_id)
        self._store(photo, image)
        self._add_to_catalog(photo)
        return UploadResult(photo, duplicate_of, image.left_out)

    @stage(UploadStage.DECODE)
    def _check_size(self, size: int) -> None:
        if size > self._max_file_bytes:
            raise FileTooLarge.of(size, self._max_file_bytes)

    @stage(UploadStage.QUOTA)
    def _check_quota(self, upload: UploadRequest, size: int) -> None:
        self._quotas.check(upload.owner, size, scope=upload.quota_scope)

    @stage(UploadStage.DECODE)
    def _process(self, file: BinaryIO, quarter_turns: int = 0) -> ProcessedImage:
        return self._process_image(file, quarter_turns=quarter_turns)

    @stage(UploadStage.CATALOG)
    def _find_duplicate(self, sha256: str) -> str | None:
        """Return the id of the newest public photo of the same file.

        The id of a hidden photo would be disclosed to everyone who has the file.
        """
        summaries = self._catalog.page(object_keys.duplicates_listing(sha256), 1).summaries
        if summaries and summaries[0].state is PhotoState.PUBLIC:
            return summaries[0].photo_id
        return None

    def _store(self, photo: Photo, image: ProcessedImage) -> None:
        """Store the objects, then the sidecar; remove all of them if one cannot be stored."""
        try:
            self._put_objects(photo, image)
            self._put_sidecar(photo)
        except BaseException:
            self._photo_objects.delete_all(photo)
            raise

    @stage(UploadStage.OBJECTS)
    def _put_objects(self, photo: Photo, image: ProcessedImage) -> None:
        self._photo_objects.put(photo, image)

    @stage(UploadStage.SIDECAR)
    def _put_sidecar(self, photo: Photo) -> None:
        self._photo_objects.put_sidecar(photo)

    def _add_to_catalog(self, photo: Photo) -> None:
        """Write record and listings; remove the objects if the photo was not published."""
        try:
            with stage(UploadStage.CATALOG):
                self._catalog.publish(photo)
        except BaseException:
            if not self._was_published(photo):
                self._photo_objects.delete_all(photo)
                raise

    def _was_published(self, photo: Photo) -> bool:
        """Return whether a transaction took effect although its answer was lost.

        If the catalog cannot answer, StorageError is raised and the objects stay: the integrity
        check finds an orphan, but it cannot bring back a listed photo's objects.
        """
        try:
            self._catalog.get(photo.photo_id)
        except PhotoNotFound:
            return False
        return True

    def _find_replayed(
        self, upload: UploadRequest, refusal: QuotaReached | AlreadyPublished
    ) -> Photo | None:
        """Return the photo that the same form and file made before."""
        with timeout(STORAGE_TIMEOUT):
            if isinstance(refusal, AlreadyPublished):
                return self._catalog.get(refusal.photo_id)
            return self._find_by_idempotency_key(upload)

    def _find_by_idempotency_key(self, upload: UploadRequest) -> Photo | None:
        digest = hashlib.file_digest(upload.file, "sha256")  # type: ignore[arg-type]
        sha256 = digest.hexdigest()
        listing = object_keys.duplicates_listing(sha256)
        key = idempotency_key_of(upload, sha256)
        for summary in self._catalog.page(listing, _MAX_DUPLICATES_READ).summaries:
            with suppress(PhotoNotFound):  # purged since the page was read
                photo = self._catalog.get(summary.photo_id)
                if photo.idempotency_key == key and photo.state is not PhotoState.TRASHED:
                    return photo
        return None


def idempotency_key_of(upload: UploadRequest, sha256: str) -> str:
    """Return the hash that only the same file of the same form has."""
    return hashlib.sha256(f"{upload.owner} {upload.upload_id} {sha256}".encode()).hexdigest()


def _build_photo(photo_id: str, upload: UploadRequest, image: ProcessedImage) -> Photo:
    return Photo(
        photo_id=photo_id,
        **upload.text,
        filename=clean_filename(upload.filename),
        uploaded_at=photo_ids.timestamp_of(photo_id),
        taken_at=image.taken_at,
        width=image.width,
        height=image.height,
        content_type=image.content_type,
        bytes=size_of(image.original),
        sha256=image.sha256,
        widths=image.widths_of(JPEG),
        avif_widths=image.widths_of(AVIF),
        placeholder=image.placeholder,
        camera=image.camera,
        credit=image.credit,
        removed_metadata=image.removed_metadata,
        owner=upload.owner,
        idempotency_key=idempotency_key_of(upload, image.sha256),
    )
