"""Publish uploads: check the quota, process the image, store its objects, add it to the catalog.

Every stage is a method of its own, so that the request log can name the stage that failed.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import BinaryIO

from app.domain import photo_ids
from app.domain.batches import Batch, BatchClock
from app.domain.errors import (
    AlreadyPublished,
    FileTooLarge,
    InternalError,
    PhotoNotFound,
    QuotaReached,
    ShoeboxError,
)
from app.domain.image.credit_choice import CreditChoice, CreditChoices
from app.domain.image.image_options import DEFAULT, ImageOptions
from app.domain.image.processed_image import ProcessedImage, size_of
from app.domain.photo import Photo
from app.domain.upload import PhotoText, UploadRequest, UploadResult, ValidatedText
from app.services import same_files
from app.services.albums.guest_uploads import GuestUploads
from app.services.deadline import timeout
from app.services.image_processor import ImageProcessor
from app.services.new_records import made_by, photo_of
from app.services.photo_objects import PhotoObjects
from app.services.ports import Catalog
from app.services.quotas import Quotas
from app.services.upload_trace import UploadStage, note_photo, stage

STORAGE_TIMEOUT = 20.0  # seconds for all storage calls of one upload; visitors rarely wait longer


class UploadService:
    """Makes photos from uploaded files.

    Args:
        process_image: Verifies and cleans a file and makes its renditions.
        max_file_bytes: The size limit of one file, in bytes.
        default_credit: The credit and the license of photos without a credit of their own.
        new_id: Returns a new photo id, for uploads without a batch.
        now: Returns the current time.
    """

    def __init__(
        self,
        catalog: Catalog,
        photo_objects: PhotoObjects,
        process_image: ImageProcessor,
        quotas: Quotas,
        *,
        max_file_bytes: int,
        default_credit: CreditChoice = CreditChoice(),  # noqa: B008  a frozen value
        new_id: Callable[[], str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._catalog = catalog
        self._photo_objects = photo_objects
        self._process_image = process_image
        self._quotas = quotas
        self._guest_uploads = GuestUploads(quotas)
        self._max_file_bytes = max_file_bytes
        self._default_credit = default_credit
        self._new_id = new_id or photo_ids.PhotoIdFactory()
        self._now = now
        self._batches = BatchClock(lambda: now().timestamp())

    def begin_batch(self) -> Batch:
        """Return a new batch."""
        return self._batches.begin()

    @stage(UploadStage.TEXT)
    def validate(self, text: PhotoText) -> ValidatedText:
        """Return the text of a form in the form in which it is stored. Raises InvalidText."""
        return text.validated()

    def publish(self, upload: UploadRequest) -> UploadResult:
        """Make one uploaded file a listed photo, or store nothing.

        The same form and file sent again give the photo that they made the first time. Another
        photo of the same file is not added, unless the upload says so. A guest link only adds to
        one album, so only the photos of this album count for its uploads.

        Raises:
            InvalidUpload: The file cannot become a photo, or a quota is reached.
            Busy: No image worker is free.
            StorageError: The storage failed.
            InternalError: Anything else failed; this is not the file's fault.
        """
        try:
            return self._publish(upload)
        except ShoeboxError:
            raise
        except Exception as error:
            raise InternalError from error

    def process(self, file: BinaryIO, /, *, options: ImageOptions = DEFAULT) -> ProcessedImage:
        """Return the image that an upload of `file` would publish. Raises the errors of `publish`.

        The size of the file is not checked: an export may hold an original that is larger than its
        upload was.
        """
        try:
            return self._process(file, options)
        except ShoeboxError:
            raise
        except Exception as error:
            raise InternalError from error

    def find_duplicates(
        self, sha256s: Sequence[str], owner: str | None, guest_album: str | None = None
    ) -> dict[str, Photo]:
        """Return a photo of each file that the site has: see `same_files.find_visible`."""
        return same_files.find_visible(self._catalog, sha256s, owner, guest_album)

    def _publish(self, upload: UploadRequest) -> UploadResult:
        """Publish a file. A request at the same time with the same form may have made the photo."""
        self._check_size(size_of(upload.file))
        sha256 = same_files.sha256_of(upload.file)
        try:
            return self._publish_file(upload, sha256)
        except AlreadyPublished as refusal:
            with timeout(STORAGE_TIMEOUT):
                return UploadResult(self._catalog.get(refusal.photo_id))
        except QuotaReached:  # the other request may have added the last photo of the quota
            if replayed := made_by(upload, sha256, self._find_same(sha256)):
                return UploadResult(replayed)
            with stage(UploadStage.QUOTA):
                raise

    def _publish_file(self, upload: UploadRequest, sha256: str) -> UploadResult:
        same = self._find_same(sha256)
        if replayed := made_by(upload, sha256, same):
            return UploadResult(replayed)
        in_album = same_files.in_album(same, upload.guest_album)
        earlier = same_files.first_visible(in_album, upload.owner)
        if earlier and not upload.add_duplicates:
            return UploadResult(earlier, is_skipped=True)
        self._check_quota(upload)
        options = ImageOptions(credit=self._credit_choices(upload))
        with (
            closing(self._process(upload.file, options)) as image,
            self._guest_uploads.one_at_a_time(upload),
            timeout(STORAGE_TIMEOUT),  # after the wait for other photos of the guest
        ):
            self._guest_uploads.check(upload)
            return self._publish_image(upload, image, earlier)

    def _credit_choices(self, upload: UploadRequest) -> CreditChoices:
        return CreditChoices(
            typed=upload.credit, default=self._default_credit, sidecar=upload.known.credit
        )

    def _publish_image(
        self, upload: UploadRequest, image: ProcessedImage, earlier: Photo | None
    ) -> UploadResult:
        photo = self._build_photo(upload, image)
        note_photo(photo.photo_id)
        self._store(photo, image)
        self._add_to_catalog(photo)
        duplicate_of = earlier.photo_id if earlier else None
        return UploadResult(photo, duplicate_of=duplicate_of, left_out=image.left_out)

    def _build_photo(self, upload: UploadRequest, image: ProcessedImage) -> Photo:
        if upload.batch is None:
            photo_id = self._new_id()
            return photo_of(upload, image, photo_id, photo_ids.timestamp_of(photo_id))
        taken = upload.known.date_taken(image.taken)
        taken_at = taken.earliest if taken else None
        batch = upload.batch
        if taken_at and upload.known.id_zone:
            batch = Batch.of_time_taken(taken_at, upload.known.id_zone, batch)
        photo_id = self._free_id(upload, batch, taken_at)
        return photo_of(upload, image, photo_id, self._now())

    @stage(UploadStage.CATALOG)
    def _free_id(self, upload: UploadRequest, batch: Batch, taken_at: datetime | None) -> str:
        """Return an id that no photo has: storing an upload's objects would replace the photo's.

        33 random bits are enough for requests at the same moment, but not for all photos of a
        script that sends the same position again and again.
        """
        while True:
            photo_id = batch.new_id(taken_at, upload.position)
            if not self._exists(photo_id):
                return photo_id

    @stage(UploadStage.DECODE)
    def _check_size(self, size: int) -> None:
        if size > self._max_file_bytes:
            raise FileTooLarge.of(size, self._max_file_bytes)

    def _check_quota(self, upload: UploadRequest) -> None:
        self._quotas.check(upload.owner, size_of(upload.file), scope=upload.quota_scope)
        self._guest_uploads.check(upload)

    @stage(UploadStage.DECODE)
    def _process(self, file: BinaryIO, options: ImageOptions) -> ProcessedImage:
        return self._process_image(file, options=options)

    @stage(UploadStage.CATALOG)
    def _find_same(self, sha256: str) -> tuple[Photo, ...]:
        with timeout(STORAGE_TIMEOUT):
            return same_files.find(self._catalog, [sha256])[sha256]

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
            if not self._exists(photo.photo_id):
                self._photo_objects.delete_all(photo)
                raise

    def _exists(self, photo_id: str) -> bool:
        """Return whether the photo has a record: a transaction took effect if its answer was lost.

        If the catalog cannot answer, StorageError is raised and the objects stay: the integrity
        check finds an orphan, but it cannot bring back a listed photo's objects.
        """
        try:
            self._catalog.get(photo_id)
        except PhotoNotFound:
            return False
        return True
