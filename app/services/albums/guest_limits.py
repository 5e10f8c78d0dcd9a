"""Keep guests within the number of photos that the host allows, also when they restore photos."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.domain.errors import AlbumNotFound
from app.domain.photo import Photo
from app.services.albums import guest_turns
from app.services.albums.catalog import AlbumCatalog
from app.services.quotas import Quotas

# Seconds that a restore waits for others of its guest. Few changes of an address run at the same
# time, so other changes wait for the restore.
RESTORE_WAIT = 3.0


class GuestLimits:
    """Checks a photo that its guest restores as if it were added again.

    Deleted photos do not count towards the limit. Without this check, a guest could delete photos,
    add others, and restore the first ones.
    """

    def __init__(self, albums: AlbumCatalog, quotas: Quotas) -> None:
        self._albums = albums
        self._quotas = quotas

    @contextmanager
    def turn_of(self, photo: Photo) -> Iterator[None]:
        """Restore no other photo of the guest, and store none, during the block.

        Raises:
            Busy: Others of the guest take too long.
        """
        with guest_turns.one_at_a_time(photo.owner, _albums_of_guest(photo), RESTORE_WAIT):
            yield

    def check(self, photo: Photo) -> None:
        """Raise QuotaReached if an album has the most photos of the guest: two reads for each."""
        for album_id in _albums_of_guest(photo):
            self._check(album_id, photo.owner)

    def _check(self, album_id: str, owner: str) -> None:
        with suppress(AlbumNotFound):  # without the album, its limit is gone too
            album = self._albums.get(album_id)
            self._quotas.check_guest(album_id, owner, album.guest_limit)


def was_added_by_guest(photo: Photo) -> bool:
    """Return whether the photo counts towards the limit of a guest."""
    return bool(_albums_of_guest(photo))


def _albums_of_guest(photo: Photo) -> list[str]:
    return [each.album_id for each in photo.albums if each.by_guest]
