"""Read the photos of a download, and open their originals while it is sent."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from app.domain.errors import Busy, EditConflict, ObjectNotFound
from app.domain.messages import message
from app.domain.pages import Page, RecordPage
from app.domain.photo import Photo
from app.domain.search_terms import SearchQuery
from app.services.downloads.checksums import Checksums, WrongSize
from app.services.downloads.zip_file import Opener
from app.services.ports import Catalog, ObjectStore

# Of one ZIP file. Their records are read before it is sent, again for each resumed part.
MAX_PHOTOS = 2_000
MAX_TEXT = 1_000_000  # characters; more would take much memory in `photos.json` and `README.txt`
_RECORDS_AT_ONCE = 500  # a record has up to 30 kB
# For reading originals without a checksum. Further ones are read when the visitor tries again.
CHECKSUM_SECONDS = 8.0


class NotPrepared(Busy):
    """The checksums of many photos have to be computed before their first download."""

    def __init__(self) -> None:
        super().__init__(message("This download is being prepared. Try again in a moment."))


@dataclass(frozen=True, slots=True)
class PhotoPart:
    """Photos of a listing, in its order. `older` is the cursor of the next part, if there is one.

    `lost` are those whose originals are missing.
    """

    photos: tuple[Photo, ...]
    older: str | None = None
    lost: tuple[Photo, ...] = ()


Reader = Callable[[int, str | None], RecordPage]


def _id_of(photo: Photo) -> str:
    return photo.photo_id


def read_part(
    read: Reader, before: str | None, cursor_of: Callable[[Photo], str] = _id_of
) -> PhotoPart:
    """Read records until the listing ends, or until they are enough for a ZIP file.

    Args:
        read: Returns the page with at most as many photos after a cursor.
        before: The cursor of the first reading.
        cursor_of: Returns the cursor at a photo.
    """

    def photos() -> Iterator[Photo]:
        page = read(_RECORDS_AT_ONCE, before)
        yield from page.photos
        while page.older:
            page = read(_RECORDS_AT_ONCE, page.older)
            yield from page.photos

    return _first_part(photos(), None, cursor_of)


def _first_part(
    photos: Iterable[Photo], older: str | None, cursor_of: Callable[[Photo], str] = _id_of
) -> PhotoPart:
    """Return the photos that fit into a ZIP file. `older` is the cursor after all of them."""
    fitting: list[Photo] = []
    characters = 0
    for photo in photos:
        if len(fitting) == MAX_PHOTOS or characters >= MAX_TEXT:
            return PhotoPart(tuple(fitting), cursor_of(fitting[-1]))
        fitting.append(photo)
        texts = (photo.title, photo.description, photo.alt, *photo.tags)
        characters += sum(map(len, texts))
    return PhotoPart(tuple(fitting), older)


class DownloadService:
    """Reads photos with everything that a ZIP file says of them."""

    def __init__(self, catalog: Catalog, objects: ObjectStore, checksums: Checksums) -> None:
        self._catalog = catalog
        self._objects = objects
        self._checksums = checksums

    def newest(self, listing: str, before: str | None) -> PhotoPart:
        """Return the newest photos of a listing, or those before a photo id."""

        def read(limit: int, cursor: str | None) -> RecordPage:
            return self._catalog.newest_photos([listing], limit, before=cursor)[listing]

        return read_part(read, before)

    def of_summaries(
        self,
        read: Callable[[int, str | None], Page],
        has: Callable[[Photo], bool],
        before: str | None,
        cursor_of: Callable[[Photo], str],
    ) -> PhotoPart:
        """Return the photos of a listing whose pages have summaries.

        Args:
            read: Returns the page with at most as many photos after a cursor.
            has: Returns whether the listing still has a photo.
            before: The cursor of the first reading.
            cursor_of: Returns the cursor at a photo.
        """

        def read_records(limit: int, cursor: str | None) -> RecordPage:
            page = read(limit, cursor)
            photo_ids = [summary.photo_id for summary in page.summaries]
            photos = tuple(filter(has, self._in_order(photo_ids)))
            return RecordPage(photos, page.older, page.older_neighbor)

        return read_part(read_records, before, cursor_of)

    def found(self, query: SearchQuery, before: str | None) -> PhotoPart:
        """Return the newest photos that a search finds, as far as one page of it searches."""
        page = self._catalog.search(query, MAX_PHOTOS, before=before).page
        photo_ids = [summary.photo_id for summary in page.summaries]
        photos = (photo for photo in self._in_order(photo_ids) if photo.matches(query))
        return _first_part(photos, page.older)

    def chosen(self, photo_ids: Iterable[str]) -> PhotoPart:
        """Return photos by their ids, newest first, without those that do not exist."""
        return PhotoPart(tuple(self._in_order(sorted(set(photo_ids), reverse=True))))

    def with_checksums(self, part: PhotoPart) -> PhotoPart:
        """Return the photos with their checksums, which those of earlier versions lack.

        Raises:
            NotPrepared: This takes long. Some were stored, so that a later call gets further.
        """
        deadline = time.monotonic() + CHECKSUM_SECONDS
        complete, lost = [], []
        for photo in part.photos:
            if photo.crc32 is None and time.monotonic() > deadline:
                raise NotPrepared
            try:
                complete.append(self._with_checksum(photo))
            except (ObjectNotFound, WrongSize):
                lost.append(photo)
        return replace(part, photos=tuple(complete), lost=tuple(lost))

    def opener(self, photo: Photo) -> Opener:
        """Return a function that opens the original where it was when the record was read.

        A photo that was hidden, deleted or rotated since has left that place. Then the function
        raises ObjectNotFound. It keeps no record in memory while the others are sent.
        """
        return partial(self._objects.open, photo.stored_keys[-1])

    def _in_order(self, photo_ids: Sequence[str]) -> Iterator[Photo]:
        for start in range(0, len(photo_ids), _RECORDS_AT_ONCE):
            chunk = photo_ids[start : start + _RECORDS_AT_ONCE]
            found = {photo.photo_id: photo for photo in self._catalog.get_all(chunk)}
            yield from (found[photo_id] for photo_id in chunk if photo_id in found)

    def _with_checksum(self, photo: Photo) -> Photo:
        """Return the photo with its checksum. It is not stored if another request changes it."""
        if photo.crc32 is not None:
            return photo
        checksum = self._checksums.compute(photo)
        if photo.lease_expires_at is None:
            with suppress(EditConflict):
                return self._checksums.store(photo, checksum)
        return replace(photo, crc32=checksum)
