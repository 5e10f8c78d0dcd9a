"""Let uploads of one guest see each other, so that they keep the limit of the host together."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import Busy
from app.domain.upload import UploadRequest
from app.services.quotas import Quotas

WAIT_TIMEOUT = 20.0  # seconds that an upload waits for others of the same guest
_LOCKS = 64  # guests share them; each is held while one photo is stored


class GuestUploads:
    """Checks uploads by a guest link, before the photo is decoded and again before it is stored.

    Pages send several files at a time. In one process, the second check sees all of them.
    """

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas
        self._locks = tuple(threading.Lock() for _ in range(_LOCKS))

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
        if upload.guest_limit is None:
            yield
            return
        lock = self._locks[hash((upload.albums[0].album_id, upload.owner)) % _LOCKS]
        if not lock.acquire(timeout=WAIT_TIMEOUT):
            raise Busy
        try:
            yield
        finally:
            lock.release()
