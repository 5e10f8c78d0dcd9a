"""Keep guests within the number of photos that the host allows, also when they restore photos."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.domain.errors import AlbumNotFound
from app.domain.photo import Photo
from app.services.albums import guest_turns
from app.services.albums.catalog import AlbumCatalog
from app.services.quotas import Quotas


class GuestLimits:
    """Checks a photo that its guest restores as if it were added again.

    Deleted photos do not count towards the limit. Without this check, a guest could delete photos,
    add others, and restore the first ones.
    """

    def __init__(self, albums: AlbumCatalog, quotas: Quotas) -> None:
        self._albums = albums
        self._quotas = quotas

    @contextmanager
    def restoring(self, photo: Photo) -> Iterator[None]:
        """Restore no other photo of the guest, and store none, during the block.

        Raises:
            QuotaReached: An album has the most photos of the guest. It is two reads for each.
            Busy: Others of the guest take too long.
        """
        album_ids = [each.album_id for each in photo.albums if each.by_guest]
        with guest_turns.one_at_a_time(photo.owner, album_ids):
            for album_id in album_ids:
                self._check(album_id, photo.owner)
            yield

    def _check(self, album_id: str, owner: str) -> None:
        with suppress(AlbumNotFound):  # without the album, its limit is gone too
            album = self._albums.get(album_id)
            self._quotas.check_guest(album_id, owner, album.guest_limit)
