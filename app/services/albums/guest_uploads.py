"""Keep uploads by a guest link within the number of photos that the host allows."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.upload import UploadRequest
from app.services.albums import guest_turns
from app.services.quotas import Quotas

WAIT_TIMEOUT = 20.0  # seconds that an upload waits for other photos of the same guest


class GuestUploads:
    """Checks uploads by a guest link, before the photo is decoded and again before it is stored.

    Pages send several files at the same time. In one process, the second check sees all of them.
    """

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    def check(self, upload: UploadRequest) -> None:
        """Raise QuotaReached if the guest has as many photos as the host allows: one read."""
        if upload.guest_limit is not None:
            album_id = upload.albums[0].album_id
            self._quotas.check_guest(album_id, upload.owner, upload.guest_limit)

    @contextmanager
    def one_at_a_time(self, upload: UploadRequest) -> Iterator[None]:
        """Store no other photo of the guest during the block. Raises Busy after a long wait.

        The wait may take as long as the storage of a photo, so the deadline of the storage begins
        in the block.
        """
        limited = () if upload.guest_limit is None else upload.albums[:1]
        album_ids = [each.album_id for each in limited]
        with guest_turns.one_at_a_time(upload.owner, album_ids, WAIT_TIMEOUT):
            yield
