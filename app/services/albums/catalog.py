"""The port of the records of albums and of pages of albums."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from app.domain.albums.album import Album, album_listing
from app.domain.albums.pages import AlbumList, AlbumPage
from app.domain.photo_summary import PhotoSummary


class AlbumEntry(NamedTuple):
    """The record of an album, or a copy of it in a list of albums.

    Attributes:
        listing: The list of albums, or `album:<album_id>` for the record.
        album: The album as stored in the entry.
    """

    listing: str
    album: Album

    @property
    def is_record(self) -> bool:
        """Whether the entry is the record."""
        return self.listing == album_listing(self.album.album_id)


class AlbumCatalog(Protocol):
    """Albums and the lists of albums, which always change together.

    The list of a guest code has the album with this code. A change that would give an album the
    code of another album raises AlbumConflict.

    The catalog of photos writes the entries of photos in albums. Methods raise StorageUnavailable
    and StorageRefused, like those of ObjectStore.
    """

    def create(self, album: Album) -> None:
        """Write a new album and its entries in the lists of albums. Raises AlbumConflict."""

    def get(self, album_id: str) -> Album:
        """Return the album. Raises AlbumNotFound."""

    def with_guest_code(self, code: str) -> Album:
        """Return the album that has a guest code, with one read. Raises AlbumNotFound."""

    def update(self, before: Album, after: Album) -> None:
        """Replace the album and its entries. Raises AlbumConflict."""

    def delete(self, album: Album) -> None:
        """Delete the album and its entries in the lists of albums. Raises AlbumConflict."""

    def page(
        self, album_id: str, limit: int, *, before: str | None = None, after: str | None = None
    ) -> AlbumPage:
        """Return at most `limit` photos that an album shows, with one read for the first page.

        Args:
            album_id: The album.
            limit: The size of the page.
            before: Return the photos before this position: `previous` of another page.
            after: Return the photos after this position: `next` of another page.

        Raises:
            AlbumNotFound: There is no such album.
        """

    def last_position(self, album_id: str) -> str | None:
        """Return the position of the last photo that an album shows, with one read."""

    def public(self, limit: int, *, before: str | None = None) -> AlbumList:
        """Return at most `limit` public albums older than an album id, with one read."""

    def oldest_public(self) -> str | None:
        """Return the id of the oldest public album, or None if there is none, with one read.

        The album may have been deleted, until `repair` deletes the cover that it left.
        """

    def owned(self, owner: str, limit: int, *, before: str | None = None) -> AlbumList:
        """Return at most `limit` albums of a contributor, with one read, and without covers."""

    def to_settle(self, now: datetime, limit: int) -> Sequence[Album]:
        """Return at most `limit` albums whose photos have to follow their links, with one read.

        Albums that became due in the last second may be missing. Albums that become due in the next
        second may be included.
        """

    def covers(self, albums: Sequence[Album]) -> Mapping[str, PhotoSummary]:
        """Return the covers that albums show, by album id, with one read for 100 albums."""

    def counts(self, album_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the number of photos that each album shows, with one read for 25 albums.

        The keys are album ids. Albums without photos may be missing.
        """

    def all(self) -> Iterator[Album]:
        """Yield every album, for maintenance only."""

    def entries(self) -> Iterator[AlbumEntry]:
        """Yield every record and every copy of an album, for maintenance only."""

    def find_copies(self, album_id: str, listings: Iterable[str]) -> Iterable[AlbumEntry]:
        """Return the copies of an album in these lists of albums, for maintenance only."""

    def sync_copies(self, album_id: str, album: Album | None, listings: Iterable[str]) -> None:
        """Correct the copies of an album in these lists. Delete them if `album` is None.

        Raises:
            AlbumConflict: The record is not at `album.version`, or exists although `album` is None.
        """
