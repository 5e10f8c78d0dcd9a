"""What people do with photos: publish, look, revise, hide, withdraw, restore."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO

from app.domain import object_keys, photo_ids
from app.domain.errors import AlreadyPublished, EditConflict, PhotoBusy, PhotoNotFound, StorageError
from app.domain.photo import HiddenBy, Page, Photo, PhotoState, PhotoSummary, TagCount
from app.domain.photo_text import title_from_filename
from app.domain.processed_image import ProcessedImage
from app.domain.search_terms import SearchQuery
from app.domain.upload import PhotoText, UploadRequest, UploadResult, ValidatedText
from app.domain.usage import KeyRange, Usage
from app.services.deadline import timeout
from app.services.photo_editor import PhotoEditor
from app.services.photo_objects import MAX_PARALLEL_UPLOADS, PhotoObjects
from app.services.ports import Catalog, ObjectStore
from app.services.search import SearchPage, search
from app.services.trash import Trash
from app.services.upload_trace import UploadStage, note_photo, stage

STORAGE_TIMEOUT = 20.0  # seconds: longer than that nobody waits for a storage that does not answer


class PhotoService:
    """The use cases. `prepare` makes a file into a verified image and its renditions."""

    def __init__(
        self,
        objects: ObjectStore,
        catalog: Catalog,
        prepare: Callable[[BinaryIO], ProcessedImage],
        *,
        new_id: Callable[[], str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        putters: int = MAX_PARALLEL_UPLOADS,
    ) -> None:
        self.objects = objects
        self.catalog = catalog
        self._photo_objects = PhotoObjects(objects, putters)
        self._editor = PhotoEditor(catalog, self._photo_objects)
        self._trash = Trash(catalog, self._photo_objects, now)
        self._prepare = prepare
        self._new_id = new_id or photo_ids.PhotoIdFactory()
        self._now = now

    def publish(self, upload: UploadRequest) -> UploadResult:
        """Make one file a listed photo: objects first, then its record, then one transaction.

        Raises InvalidText or InvalidUpload for what the sender can mend, StorageError otherwise; then nothing is kept.
        The same upload sent again gives the photo it made the first time.
        """
        with stage(UploadStage.WORDS):
            words = upload.text.validated()
        with stage(UploadStage.DECODE):
            image = self._prepare(upload.file)
        with timeout(STORAGE_TIMEOUT):
            with stage(UploadStage.CATALOG):
                earlier = self._find_duplicate(image.sha256)
            photo = self._build_photo(upload, image, words)
            note_photo(photo.photo_id)
            try:
                self._store(photo, image)
            except AlreadyPublished as taken:
                return UploadResult(self.catalog.get(taken.photo_id))
        return UploadResult(photo, earlier)

    def get(self, photo_id: str) -> Photo:
        """The photo, unless it is trashed. Raises PhotoNotFound."""
        photo = self.get_any_state(photo_id)
        if photo.state is PhotoState.TRASHED:
            raise PhotoNotFound(photo_id)
        return photo

    def get_any_state(self, photo_id: str) -> Photo:
        """The photo in whatever state. Raises PhotoNotFound."""
        if not photo_ids.is_photo_id(photo_id):
            raise PhotoNotFound(photo_id)
        return self.catalog.get(photo_id)

    def page(
        self, listing: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> Page:
        """One page of a listing, newest first: see `Catalog.page`."""
        return self.catalog.page(listing, limit, before=before, after=after)

    def search(
        self, query: SearchQuery, limit: int, *, before: str | None = None, after: str | None = None
    ) -> SearchPage:
        """One page of the public photos that `query` asks for, newest first, by a bounded number of reads."""
        return search(self.catalog.page, query, limit, before=before, after=after)

    def neighbors(self, photo_id: str) -> tuple[PhotoSummary | None, PhotoSummary | None]:
        """The next newer and the next older public photo, None where there is none."""
        newer = self.catalog.page(object_keys.PUBLIC_LISTING, 1, after=photo_id).summaries
        older = self.catalog.page(object_keys.PUBLIC_LISTING, 1, before=photo_id).summaries
        return (newer[0] if newer else None, older[0] if older else None)

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag with its number of public photos, by name."""
        return self.catalog.tags()

    def usage(self, span: KeyRange, limit: int) -> tuple[Usage, ...]:
        """What photos take of the storage, by accounts of `domain.usage`: see `Catalog.usage`."""
        return self.catalog.usage(span, limit)

    def update(self, photo_id: str, version: int, words: PhotoText) -> Photo:
        """Change what a photo says. Raises InvalidText, PhotoNotFound, or EditConflict when it has moved on."""
        return self._editor.update(self.get(photo_id), version, words)

    def retag(self, photo_id: str, add: Iterable[str], remove: Iterable[str]) -> Photo:
        """Add and remove tags, whatever others there are. Raises InvalidText, PhotoNotFound and EditConflict."""
        return self._editor.retag(self.get(photo_id), add, remove)

    def hide(self, photo_id: str, by: HiddenBy) -> Photo:
        """Take the photo off every page but its owner's and its own. Raises PhotoNotFound and EditConflict."""
        return self._editor.hide(self.get(photo_id), by)

    def unhide(self, photo_id: str, version: int) -> Photo:
        """Undo `hide`. Raises PhotoNotFound, or EditConflict when the photo is not at `version` any more."""
        photo = self.get(photo_id)
        if photo.state is PhotoState.HIDDEN and photo.version != version:
            raise EditConflict(photo_id)
        return self._editor.unhide(photo)

    def delete(self, photo_id: str) -> Photo:
        """Unlist the photo, then move its objects out of the public prefix; `restore` undoes it for 30 days.

        Doing it again finishes what was left half done. Raises PhotoNotFound.
        """
        photo = self.get_any_state(photo_id)
        try:
            return self._trash.move_in(photo)
        except EditConflict:
            photo = self.get_any_state(photo_id)
            if photo.state is not PhotoState.TRASHED:
                raise
            return photo  # a double click: the other one has it

    def restore(self, photo_id: str) -> Photo:
        """Undo a deletion. Raises PhotoNotFound once the photo has expired, Moving while it is still being deleted."""
        return self._trash.restore(self.get_any_state(photo_id))

    def purge(self, watch: Callable[[Iterable[Photo]], Iterable[Photo]] = iter) -> int:
        """Empty the trash of what has been there for 30 days; gives how many photos that were.

        S3's lifecycle rule and DynamoDB's TTL do the same on AWS. `watch` passes the photos on and shows how far it is.
        """
        purged = 0
        for photo in watch(self.catalog.expired(int(self._now().timestamp()))):
            with suppress(PhotoBusy, EditConflict):  # somebody has just restored it
                self._trash.purge(photo)
                purged += 1
        return purged

    def failing_backends(self) -> dict[str, StorageError]:
        """Which of the two does not answer, the objects or the catalog, and why."""
        found: dict[str, StorageError] = {}
        for name, part in (("objects", self.objects), ("catalog", self.catalog)):
            try:
                part.ping()
            except StorageError as error:
                found[name] = error
        return found

    def _find_duplicate(self, sha256: str) -> str | None:
        """Id of the photo that the same file made last; a hidden one's is not for everybody who has the file."""
        summaries = self.catalog.page(object_keys.duplicates_listing(sha256), 1).summaries
        return (
            summaries[0].photo_id if summaries and summaries[0].state is PhotoState.PUBLIC else None
        )

    def _build_photo(
        self, upload: UploadRequest, image: ProcessedImage, words: ValidatedText
    ) -> Photo:
        photo_id = self._new_id()
        return Photo(
            photo_id=photo_id,
            title=words["title"] or title_from_filename(upload.filename),
            description=words["description"],
            tags=words["tags"],
            alt=words["alt"],
            uploaded_at=photo_ids.timestamp_of(photo_id),
            taken_at=image.taken_at,
            width=image.width,
            height=image.height,
            content_type=image.content_type,
            bytes=len(image.original),
            sha256=image.sha256,
            widths=tuple(rendition.width for rendition in image.renditions),
            placeholder=image.placeholder,
            camera=image.camera,
            removed_metadata=image.removed,
            owner=upload.owner,
            idempotency_key=idempotency_key_of(upload, image.sha256),
        )

    def _store(self, photo: Photo, image: ProcessedImage) -> None:
        """Objects, then the transaction; on a failure everything put is taken back."""
        self._photo_objects.put(photo, image)
        try:
            with stage(UploadStage.CATALOG):
                self.catalog.publish(photo)
        except BaseException:
            if not self._was_published(photo):
                self._photo_objects.delete_all(photo)
                raise

    def _was_published(self, photo: Photo) -> bool:
        """Whether a transaction whose answer was lost took effect after all: a listed photo's objects must stay.

        When the catalog cannot tell, StorageError goes on up and the objects stay: an orphan can be found, a hole not.
        """
        try:
            self.catalog.get(photo.photo_id)
        except PhotoNotFound:
            return False
        return True


def idempotency_key_of(upload: UploadRequest, sha256: str) -> str:
    """What makes one photo of a file of a form, however often it is sent: the `upload` of its record."""
    return hashlib.sha256(f"{upload.owner} {upload.upload_id} {sha256}".encode()).hexdigest()
