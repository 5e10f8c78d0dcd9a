"""Enforce the number of photos that the host allows each guest when guests restore photos."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.domain.errors import AlbumNotFound
from app.domain.photo import Photo
from app.services.albums import guest_turns
from app.services.albums.catalog import AlbumCatalog
from app.services.quotas import Quotas

# Seconds that a restore waits for other photos of its guest. A process runs few changes of an
# address at a time, so a restore that waits delays other changes.
RESTORE_WAIT = 3.0


class GuestLimits:
    """Checks a photo that its guest restores as if it were a new photo.

    Deleted photos do not count toward the limit. Without this check, a guest could delete photos,
    add others, and restore the first ones.
    """

    def __init__(self, albums: AlbumCatalog, quotas: Quotas) -> None:
        self._albums = albums
        self._quotas = quotas

    @contextmanager
    def turn_of(self, photo: Photo) -> Iterator[None]:
        """Prevent other photos of the guest from being stored or restored during the block.

        Raises:
            Busy: Other photos of the guest take too long.
        """
        with guest_turns.one_at_a_time(photo.owner, _albums_of_guest(photo), RESTORE_WAIT):
            yield

    def check(self, photo: Photo) -> None:
        """Raise QuotaReached if the guest has reached the limit of an album: two reads for each."""
        for album_id in _albums_of_guest(photo):
            self._check(album_id, photo.owner)

    def _check(self, album_id: str, owner: str) -> None:
        with suppress(AlbumNotFound):  # a deleted album has no limit
            album = self._albums.get(album_id)
            self._quotas.check_guest(album_id, owner, album.guest_limit)


def was_added_by_guest(photo: Photo) -> bool:
    """Return whether the photo counts toward the limit of a guest."""
    return bool(_albums_of_guest(photo))


def _albums_of_guest(photo: Photo) -> list[str]:
    return [each.album_id for each in photo.albums if each.by_guest]
