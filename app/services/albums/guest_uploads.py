"""Enforce the number of photos that the host allows each guest when guests upload photos."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.upload import UploadRequest
from app.services.albums import guest_turns
from app.services.quotas import Quotas

WAIT_TIMEOUT = 20.0  # seconds that an upload waits for other photos of the same guest


class GuestUploads:
    """Checks uploads through a guest link, before and after the photo is decoded.

    A page sends several files at the same time. In one process, the second check counts all of
    them.
    """

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    def check(self, upload: UploadRequest) -> None:
        """Raise QuotaReached if the guest has as many photos as the host allows, with one read."""
        if upload.guest_limit is not None:
            album_id = upload.albums[0].album_id
            self._quotas.check_guest(album_id, upload.owner, upload.guest_limit)

    @contextmanager
    def one_at_a_time(self, upload: UploadRequest) -> Iterator[None]:
        """Prevent other photos of the guest from being stored during the block.

        The wait may take as long as storing a photo, so the deadline for storing begins inside the
        block. Raises Busy after a long wait.
        """
        limited = () if upload.guest_limit is None else upload.albums[:1]
        album_ids = [each.album_id for each in limited]
        with guest_turns.one_at_a_time(upload.owner, album_ids, WAIT_TIMEOUT):
            yield
