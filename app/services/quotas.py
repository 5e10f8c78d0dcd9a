"""Quotas: how many photos, and how many bytes of originals, a contributor and the whole site may keep.

What is deleted counts until it can no longer be restored, or deleting and adding in turn would fill any storage. Files
that arrive at the same moment are each held to what is kept by then, so a quota may be passed by what is under way.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import BinaryIO

from app.domain import object_keys
from app.domain.errors import PhotoNotFound, QuotaReached
from app.domain.messages import Message, message
from app.domain.upload import UploadRequest, UploadResult
from app.domain.usage import SITE, owner_counter, trash_counters
from app.services.photo_service import PhotoService, idempotency_key_of
from app.services.upload_trace import UploadStage, stage

_DAYS = 40  # more than a trash has
_MB = 2**20
_MAX_DUPLICATES_READ = (
    5  # photos of one and the same file that are looked at: others may have sent it since
)

_CONTRIBUTOR_S_PHOTOS = message(
    "You’ve reached your limit of %(most)s photos. Delete some to make room "
    "(deleted ones count for 30 days)."
)
_CONTRIBUTOR_S_BYTES = message(
    "You’re out of space: this photo is %(size)s MB, and your photos use "
    "%(kept)s of %(most)s MB. Delete some to make room (deleted ones count for "
    "30 days)."
)
_SITE_S_PHOTOS = message(
    "This site has reached its limit of %(most)s photos (deleted ones count for "
    "30 days). Ask the site’s owner to make room."
)
_SITE_S_BYTES = message(
    "This site is out of space: this photo is %(size)s MB, and the site’s photos use "
    "%(kept)s of %(most)s MB (deleted ones count for 30 days). Ask the site’s owner to make "
    "room."
)


@dataclass(frozen=True, slots=True)
class Quota:
    """The most photos and bytes of originals; None where there is no limit."""

    photos: int | None = None
    bytes: int | None = None

    def __bool__(self) -> bool:
        return self.photos is not None or self.bytes is not None


class Quotas:
    """Publishes what the quotas leave room for."""

    def __init__(
        self,
        service: PhotoService,
        contributor: Quota,
        site: Quota,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._service = service
        self._contributor = contributor
        self._site = site
        self._today = today

    def publish(self, upload: UploadRequest, *, by_admin: bool = False) -> UploadResult:
        """`PhotoLibrary.publish`, unless there is no room: that is found out before anything is decoded or kept.

        The admin is held to the site's quota alone. Raises QuotaReached, but not for what has been published already.
        """
        try:
            with stage(UploadStage.QUOTA):
                self._check(upload, by_admin=by_admin)
        except QuotaReached:
            if made := self._existing_upload(upload):
                return made
            raise
        return self._service.publish(upload)

    def _check(self, upload: UploadRequest, *, by_admin: bool) -> None:
        size = _size(upload.file)
        if self._contributor and not by_admin:
            account = owner_counter(upload.owner)
            self._check_quota(
                account, size, self._contributor, _CONTRIBUTOR_S_PHOTOS, _CONTRIBUTOR_S_BYTES
            )
        if self._site:
            self._check_quota(SITE, size, self._site, _SITE_S_PHOTOS, _SITE_S_BYTES)

    def _check_quota(
        self, account: str, size: int, quota: Quota, by_photos: Message, by_bytes: Message
    ) -> None:
        """Raise QuotaReached unless a photo of `size` fits into the account: two reads."""
        spans = ((account, account), trash_counters(account, self._today()))
        used = [part for span in spans for part in self._service.usage(span, _DAYS)]
        photos, stored = sum(part.photos for part in used), sum(part.bytes for part in used)
        if quota.photos is not None and photos >= quota.photos:
            raise QuotaReached(by_photos.with_values(kept=photos, most=quota.photos))
        if quota.bytes is not None and stored + size > quota.bytes:
            raise QuotaReached(
                by_bytes.with_values(size=_mb(size), kept=_mb(stored), most=_mb(quota.bytes))
            )

    def _existing_upload(self, upload: UploadRequest) -> UploadResult | None:
        """The photo that the same form has made before: it needs no room."""
        sha256 = hashlib.file_digest(upload.file, "sha256").hexdigest()  # type: ignore[arg-type]  # files read into buffers too
        for summary in self._service.page(
            object_keys.duplicates_listing(sha256), _MAX_DUPLICATES_READ
        ).summaries:
            with suppress(PhotoNotFound):  # deleted just now
                photo = self._service.get(summary.photo_id)
                if photo.idempotency_key == idempotency_key_of(upload, sha256):
                    return UploadResult(photo)
        return None


def _mb(size: int) -> float:
    """Bytes in the MB that limits are set in, to a hundredth."""
    return round(size / _MB, 2)


def _size(file: BinaryIO) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size
