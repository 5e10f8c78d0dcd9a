"""What people do with photos: publish, look, revise, hide, withdraw, restore."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO

from app.domain import object_keys, photo_ids
from app.domain.errors import AlreadyPublished, EditConflict, Moving, PhotoNotFound, StorageError
from app.domain.photo import Card, Hider, Page, Photo, State, TagCount
from app.domain.photo_text import title_from_filename
from app.domain.processed_image import PreparedImage
from app.domain.search_terms import Query
from app.domain.upload import CleanWords, Published, Upload, Words
from app.domain.usage import Span, Usage
from app.services.deadline import within
from app.services.photo_editor import Editor
from app.services.photo_objects import PUTTERS, Shelf
from app.services.ports import Catalog, ObjectStore
from app.services.search import Results, search
from app.services.trash import Trash
from app.services.upload_trace import Step, made, step

STORING = 20.0  # seconds: longer than that nobody waits for a storage that does not answer


class PhotoLibrary:
    """The use cases. `prepare` makes a file into a verified image and its renditions."""

    def __init__(
        self,
        objects: ObjectStore,
        catalog: Catalog,
        prepare: Callable[[BinaryIO], PreparedImage],
        *,
        new_id: Callable[[], str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        putters: int = PUTTERS,
    ) -> None:
        self.objects = objects
        self.catalog = catalog
        self._shelf = Shelf(objects, putters)
        self._editor = Editor(catalog, self._shelf)
        self._trash = Trash(catalog, self._shelf, now)
        self._prepare = prepare
        self._new_id = new_id or photo_ids.IdFactory()
        self._now = now

    def publish(self, upload: Upload) -> Published:
        """Make one file a listed photo: objects first, then its record, then one transaction.

        Raises InvalidText or InvalidUpload for what the sender can mend, StorageError otherwise; then nothing is kept.
        The same upload sent again gives the photo it made the first time.
        """
        with step(Step.WORDS):
            words = upload.words.cleaned()
        with step(Step.DECODE):
            image = self._prepare(upload.file)
        with within(STORING):
            with step(Step.CATALOG):
                earlier = self._shown_earlier(image.sha256)
            photo = self._described(upload, image, words)
            made(photo.photo_id)
            try:
                self._store(photo, image)
            except AlreadyPublished as taken:
                return Published(self.catalog.get(taken.photo_id))
        return Published(photo, earlier)

    def get(self, photo_id: str) -> Photo:
        """The photo, unless it is trashed. Raises PhotoNotFound."""
        photo = self.find(photo_id)
        if photo.state is State.TRASHED:
            raise PhotoNotFound(photo_id)
        return photo

    def find(self, photo_id: str) -> Photo:
        """The photo in whatever state. Raises PhotoNotFound."""
        if not photo_ids.is_photo_id(photo_id):
            raise PhotoNotFound(photo_id)
        return self.catalog.get(photo_id)

    def page(self, feed: str, limit: int, *, before: str | None = None, after: str | None = None) -> Page:
        """One page of a feed, newest first: see `Catalog.page`."""
        return self.catalog.page(feed, limit, before=before, after=after)

    def search(self, query: Query, limit: int, *, before: str | None = None, after: str | None = None) -> Results:
        """One page of the public photos that `query` asks for, newest first, by a bounded number of reads."""
        return search(self.catalog.page, query, limit, before=before, after=after)

    def neighbours(self, photo_id: str) -> tuple[Card | None, Card | None]:
        """The next newer and the next older public photo, None where there is none."""
        newer = self.catalog.page(object_keys.ALL, 1, after=photo_id).cards
        older = self.catalog.page(object_keys.ALL, 1, before=photo_id).cards
        return (newer[0] if newer else None, older[0] if older else None)

    def tags(self) -> tuple[TagCount, ...]:
        """Every tag with its number of public photos, by name."""
        return self.catalog.tags()

    def usage(self, span: Span, limit: int) -> tuple[Usage, ...]:
        """What photos take of the storage, by accounts of `domain.usage`: see `Catalog.usage`."""
        return self.catalog.usage(span, limit)

    def revise(self, photo_id: str, version: int, words: Words) -> Photo:
        """Change what a photo says. Raises InvalidText, PhotoNotFound, or EditConflict when it has moved on."""
        return self._editor.revise(self.get(photo_id), version, words)

    def retag(self, photo_id: str, add: Iterable[str], remove: Iterable[str]) -> Photo:
        """Add and remove tags, whatever others there are. Raises InvalidText, PhotoNotFound and EditConflict."""
        return self._editor.retag(self.get(photo_id), add, remove)

    def hide(self, photo_id: str, by: Hider) -> Photo:
        """Take the photo off every page but its owner's and its own. Raises PhotoNotFound and EditConflict."""
        return self._editor.hide(self.get(photo_id), by)

    def show(self, photo_id: str, version: int) -> Photo:
        """Undo `hide`. Raises PhotoNotFound, or EditConflict when the photo is not at `version` any more."""
        photo = self.get(photo_id)
        if photo.state is State.HIDDEN and photo.version != version:
            raise EditConflict(photo_id)
        return self._editor.show(photo)

    def withdraw(self, photo_id: str) -> Photo:
        """Unlist the photo, then move its objects out of the public prefix; `restore` undoes it for 30 days.

        Doing it again finishes what was left half done. Raises PhotoNotFound.
        """
        photo = self.find(photo_id)
        try:
            return self._trash.put(photo)
        except EditConflict:
            photo = self.find(photo_id)
            if photo.state is not State.TRASHED:
                raise
            return photo  # a double click: the other one has it

    def restore(self, photo_id: str) -> Photo:
        """Undo a deletion. Raises PhotoNotFound once the photo has expired, Moving while it is still being deleted."""
        return self._trash.take_out(self.find(photo_id))

    def purge(self, watch: Callable[[Iterable[Photo]], Iterable[Photo]] = iter) -> int:
        """Empty the trash of what has been there for 30 days; gives how many photos that were.

        S3's lifecycle rule and DynamoDB's TTL do the same on AWS. `watch` passes the photos on and shows how far it is.
        """
        purged = 0
        for photo in watch(self.catalog.expired(int(self._now().timestamp()))):
            with suppress(Moving, EditConflict):  # somebody has just restored it
                self._trash.remove(photo)
                purged += 1
        return purged

    def troubles(self) -> dict[str, StorageError]:
        """Which of the two does not answer, the objects or the catalog, and why."""
        found: dict[str, StorageError] = {}
        for name, part in (("objects", self.objects), ("catalog", self.catalog)):
            try:
                part.ping()
            except StorageError as error:
                found[name] = error
        return found

    def _shown_earlier(self, sha256: str) -> str | None:
        """Id of the photo that the same file made last; a hidden one's is not for everybody who has the file."""
        cards = self.catalog.page(object_keys.sha256_feed(sha256), 1).cards
        return cards[0].photo_id if cards and cards[0].state is State.PUBLIC else None

    def _described(self, upload: Upload, image: PreparedImage, words: CleanWords) -> Photo:
        photo_id = self._new_id()
        return Photo(
            photo_id=photo_id,
            title=words["title"] or title_from_filename(upload.filename),
            description=words["description"],
            tags=words["tags"],
            alt=words["alt"],
            uploaded_at=photo_ids.made_at(photo_id),
            taken_at=image.taken_at,
            width=image.width,
            height=image.height,
            content_type=image.content_type,
            bytes=len(image.original),
            sha256=image.sha256,
            widths=tuple(rendition.width for rendition in image.renditions),
            placeholder=image.placeholder,
            camera=image.camera,
            removed=image.removed,
            owner=upload.owner,
            upload=claim_of(upload, image.sha256),
        )

    def _store(self, photo: Photo, image: PreparedImage) -> None:
        """Objects, then the transaction; on a failure everything put is taken back."""
        self._shelf.put(photo, image)
        try:
            with step(Step.CATALOG):
                self.catalog.publish(photo)
        except BaseException:
            if not self._is_listed(photo):
                self._shelf.take_back(photo)
                raise

    def _is_listed(self, photo: Photo) -> bool:
        """Whether a transaction whose answer was lost took effect after all: a listed photo's objects must stay.

        When the catalog cannot tell, StorageError goes on up and the objects stay: an orphan can be found, a hole not.
        """
        try:
            self.catalog.get(photo.photo_id)
        except PhotoNotFound:
            return False
        return True


def claim_of(upload: Upload, sha256: str) -> str:
    """What makes one photo of a file of a form, however often it is sent: the `upload` of its record."""
    return hashlib.sha256(f"{upload.owner} {upload.upload_id} {sha256}".encode()).hexdigest()
