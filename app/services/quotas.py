"""Quotas: the most photos and bytes of originals that a contributor and the site may keep.

A deleted photo counts until it can no longer be restored; otherwise deleting and uploading in turn
would fill the storage. Uploads at the same moment do not see each other, so together they can
exceed a quota.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.errors import QuotaReached
from app.domain.file_sizes import to_megabytes
from app.domain.messages import Message, message, plural_message
from app.domain.upload import QuotaScope
from app.domain.usage import SITE, guest_counters, owner_counter, trash_counters
from app.services.ports import Catalog

_MAX_TRASH_DAYS = 40  # the trash has one counter a day for 30 days; the rest is a margin

_CONTRIBUTOR_PHOTOS = message(
    "You’ve reached your limit of %(most)s photos. Delete some to make room "
    "(deleted ones count for 30 days)."
)
_CONTRIBUTOR_BYTES = message(
    "You’re out of space: this photo is %(size)s\u00a0MB, and your photos use "
    "%(kept)s of %(most)s\u00a0MB. Delete some to make room (deleted ones count for "
    "30 days)."
)
_SITE_PHOTOS = message(
    "This site has reached its limit of %(most)s photos (deleted ones count for "
    "30 days). Ask the site’s manager to make room."
)
_SITE_BYTES = message(
    "This site is out of space: this photo is %(size)s\u00a0MB, and the site’s photos use "
    "%(kept)s of %(most)s\u00a0MB (deleted ones count for 30 days). Ask the site’s manager to make "
    "room."
)
_GUEST_PHOTOS = plural_message(
    "You’ve added %(count)s photo to this album, the most that the host allows each guest. Delete "
    "it to make room.",
    "You’ve added %(count)s photos to this album, the most that the host allows each guest. Delete "
    "some to make room.",
)


@dataclass(frozen=True, slots=True)
class Quota:
    """The most photos and bytes of originals; None where there is no limit."""

    photos: int | None = None
    bytes: int | None = None

    def __bool__(self) -> bool:
        return self.photos is not None or self.bytes is not None


class Quotas:
    """Checks uploads against the quotas of their contributor and of the site."""

    def __init__(
        self,
        catalog: Catalog,
        contributor: Quota,
        site: Quota,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._catalog = catalog
        self._contributor = contributor
        self._site = site
        self._now = now

    def check(self, owner: str, size: int, *, scope: QuotaScope) -> None:
        """Raise QuotaReached if a file of `size` bytes exceeds a quota: two reads for each quota.

        Args:
            owner: The hash of the contributor's id.
            size: The size of the file, in bytes.
            scope: The quotas that apply.
        """
        if self._contributor and scope is QuotaScope.CONTRIBUTOR_AND_SITE:
            kept = self._usage_of(owner_counter(owner))
            _check(kept, size, self._contributor, _CONTRIBUTOR_PHOTOS, _CONTRIBUTOR_BYTES)
        if self._site and scope is not QuotaScope.NONE:
            kept = self._usage_of(SITE)
            _check(kept, size, self._site, _SITE_PHOTOS, _SITE_BYTES)

    def check_guest(self, album_id: str, owner: str, most: int) -> None:
        """Raise QuotaReached if a guest has `most` photos in an album, with one read.

        Deleted photos do not count: the host set the limit for an album, not for the storage.
        """
        counters = self._catalog.usage(guest_counters(album_id, owner), most)
        if sum(counter.photos for counter in counters) >= most:
            raise QuotaReached(_GUEST_PHOTOS.with_values(count=most))

    def _usage_of(self, counter: str) -> "_Kept":
        """Return the sum of a counter and its counters of the trash."""
        today = self._now().date()
        kept = self._catalog.usage((counter, counter), 1)
        trashed = self._catalog.usage(trash_counters(counter, today), _MAX_TRASH_DAYS)
        used = [*kept, *trashed]
        return _Kept(sum(part.photos for part in used), sum(part.bytes for part in used))


@dataclass(frozen=True, slots=True)
class _Kept:
    photos: int
    bytes: int


def _check(kept: _Kept, size: int, quota: Quota, by_photos: Message, by_bytes: Message) -> None:
    if quota.photos is not None and kept.photos >= quota.photos:
        raise QuotaReached(by_photos.with_values(kept=kept.photos, most=quota.photos))
    if quota.bytes is not None and kept.bytes + size > quota.bytes:
        raise QuotaReached(
            by_bytes.with_values(
                size=to_megabytes(size),
                kept=to_megabytes(kept.bytes),
                most=to_megabytes(quota.bytes),
            )
        )
