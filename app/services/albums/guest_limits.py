"""Keep guests within the number of photos that the host allows, also when they restore photos."""

from contextlib import suppress

from app.domain.errors import AlbumNotFound
from app.domain.photo import Photo
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

    def check_restored(self, photo: Photo) -> None:
        """Raise QuotaReached if an album has the most photos of the guest: two reads for each."""
        for membership in photo.albums:
            if membership.by_guest:
                with suppress(AlbumNotFound):  # without the album, its limit is gone too
                    album = self._albums.get(membership.album_id)
                    self._quotas.check_guest(album.album_id, photo.owner, album.guest_limit)
