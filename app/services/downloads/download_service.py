"""Read the records of a download, and open the originals while the download is sent."""

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

# Of one ZIP file. The records are read before it is sent, and again for each resumed part.
MAX_PHOTOS = 2_000
MAX_TEXT = 1_000_000  # characters; limits the memory for `photos.json` and `README.txt`
_RECORDS_AT_ONCE = 500  # a record has up to 30 kB
# The time for computing missing checksums. The next request computes more of them.
CHECKSUM_SECONDS = 8.0


class NotPrepared(Busy):
    """Computing missing checksums takes longer than one request."""

    def __init__(self) -> None:
        super().__init__(message("This download is being prepared. Try again in a moment."))


@dataclass(frozen=True, slots=True)
class PhotoPart:
    """Photos of a listing, in its order.

    Attributes:
        photos: The photos.
        older: The cursor of the next part, None if there is none.
        lost: Photos whose originals are missing.
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
    """Read records until the listing ends, or until a ZIP file is full.

    Args:
        read: Returns a page of records. Its arguments are the most photos and a cursor.
        before: The cursor of the first page.
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
    """Return the photos that fit into a ZIP file. `older` is the cursor after the last photo."""
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
    """Reads the complete records of the photos of ZIP files."""

    def __init__(self, catalog: Catalog, objects: ObjectStore, checksums: Checksums) -> None:
        self._catalog = catalog
        self._objects = objects
        self._checksums = checksums

    def newest(self, listing: str, before: str | None) -> PhotoPart:
        """Return the newest photos of a listing, or the photos before a photo id."""

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
        """Return the photos of a listing whose pages have only summaries.

        Args:
            read: Returns a page of summaries. Its arguments are the most photos and a cursor.
            has: Returns whether the listing still has a photo.
            before: The cursor of the first page.
            cursor_of: Returns the cursor at a photo.
        """

        def read_records(limit: int, cursor: str | None) -> RecordPage:
            page = read(limit, cursor)
            photo_ids = [summary.photo_id for summary in page.summaries]
            photos = tuple(filter(has, self._in_order(photo_ids)))
            return RecordPage(photos, page.older, page.older_neighbor)

        return read_part(read_records, before, cursor_of)

    def found(self, query: SearchQuery, before: str | None) -> PhotoPart:
        """Return the newest photos that one page of a search finds."""
        page = self._catalog.search(query, MAX_PHOTOS, before=before).page
        photo_ids = [summary.photo_id for summary in page.summaries]
        photos = (photo for photo in self._in_order(photo_ids) if photo.matches(query))
        return _first_part(photos, page.older)

    def chosen(self, photo_ids: Iterable[str]) -> PhotoPart:
        """Return the photos with these ids that exist, newest first."""
        return PhotoPart(tuple(self._in_order(sorted(set(photo_ids), reverse=True))))

    def with_checksums(self, part: PhotoPart) -> PhotoPart:
        """Compute the checksums that photos of earlier versions lack, and return all photos.

        Raises:
            NotPrepared: There was no time for all of them. A later call continues.
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
        """Return a function that opens the original at the key in the record.

        If the photo was hidden, deleted or rotated in the meantime, the original is no longer
        there, and the function raises ObjectNotFound. The function does not keep the record in
        memory.
        """
        return partial(self._objects.open, photo.stored_keys[-1])

    def _in_order(self, photo_ids: Sequence[str]) -> Iterator[Photo]:
        for start in range(0, len(photo_ids), _RECORDS_AT_ONCE):
            chunk = photo_ids[start : start + _RECORDS_AT_ONCE]
            found = {photo.photo_id: photo for photo in self._catalog.get_all(chunk)}
            yield from (found[photo_id] for photo_id in chunk if photo_id in found)

    def _with_checksum(self, photo: Photo) -> Photo:
        """Return the photo with its checksum. Store it unless another request changes the photo."""
        if photo.crc32 is not None:
            return photo
        checksum = self._checksums.compute(photo)
        if photo.lease_expires_at is None:
            with suppress(EditConflict):
                return self._checksums.store(photo, checksum)
        return replace(photo, crc32=checksum)
