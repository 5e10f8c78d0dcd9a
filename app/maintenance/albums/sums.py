"""Find albums whose record, sidecar, copies or cover may not agree.

Each album has a sum, as each photo has one in the integrity check: its sidecar, its copies and the
membership of its cover add fingerprints, and its record subtracts those that there should be.
"""

from collections.abc import Iterable, Iterator

from app.domain import object_keys
from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.memberships import Membership
from app.domain.listings.entries import EntryKey
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.maintenance.reconciliation import Reconciliation, fingerprint
from app.services.albums.catalog import AlbumEntry
from app.services.ports import StoredObject

Sum = tuple[str, int]


class AlbumSums:
    """The sums of albums, in a temporary file. For one thread.

    Args:
        sums: The file. It has nothing but albums.
    """

    def __init__(self, sums: Reconciliation) -> None:
        self._sums = sums

    def without_sidecars(self, stored_objects: Iterable[StoredObject]) -> Iterator[StoredObject]:
        """Yield the objects that are no sidecars of albums, and add the others."""
        for stored in stored_objects:
            album_id = object_keys.album_id_of(stored.key)
            if album_id is None:
                yield stored
            else:
                self._sums.add([(album_id, fingerprint("sidecar"))])

    def add_photo(self, photo: Photo) -> None:
        """Add the memberships of a photo."""
        self._sums.add((album.album_id, _cover_of(photo, album)) for album in photo.albums)

    def add_entries(self, entries: Iterable[AlbumEntry]) -> None:
        """Add the copies, and subtract those that each record should have."""
        for entry in entries:
            album = entry.album
            if entry.is_record:
                self._sums.add([_expected(album)], recorded=True)
                continue
            self._sums.add([(album.album_id, fingerprint(entry))])
            self._sums.note_entries([EntryKey(entry.listing, album.album_id)])

    def force(self, album_ids: Iterable[str]) -> None:
        """Report these albums, whatever is added to their sums."""
        for album_id in album_ids:
            self._sums.force_mismatch(album_id)

    def doubtful(self) -> Iterator[str]:
        """Yield the albums to inspect, sorted."""
        return self._sums.doubtful()

    def is_doubtful(self, album_id: str) -> bool:
        """Return whether the album is to be inspected."""
        return not self._sums.is_consistent(album_id)

    def lists_of(self, album_id: str) -> list[str]:
        """Return the lists that have a copy of an album."""
        return [key.listing for key in self._sums.entries_of(album_id)]


def may_be_cover(photo: Photo) -> bool:
    """Return whether an album may keep the photo as its cover.

    Only the admin shows again what the admin hid. Contributors hide photos for a while.
    """
    return not (photo.state is PhotoState.HIDDEN and photo.hidden_by is Role.ADMIN)


def _cover_of(photo: Photo, album: Membership) -> int:
    is_cover = album.cover is not None and may_be_cover(photo)
    return _cover(photo.photo_id, album.cover) if is_cover else 0


def _expected(album: Album) -> Sum:
    copies = (fingerprint(AlbumEntry(listing, album)) for listing in album.listings)
    cover = _cover(album.cover, album.visibility) if album.cover else 0
    return album.album_id, -(fingerprint("sidecar") + sum(copies) + cover)


def _cover(photo_id: str, visibility: AlbumVisibility | None) -> int:
    return fingerprint((photo_id, visibility))
