"""Read the photos of one batch among a contributor's own uploads."""

import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from app.domain import object_keys
from app.domain.batches import Batch
from app.domain.errors import PhotoNotFound
from app.domain.pages import Page
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.web.context import photo_service
from app.web.pagination import PAGE_SIZE
from app.web.rendering.photo_credit import kept_rights

MAX_COUNTED = 500  # photos of a batch that its page reads
_STEP = 100  # photos: one BatchGetItem


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTotals:
    """Facts about a whole batch, or about its first photos if there are very many.

    Attributes:
        photos: The number of photos.
        bytes: The size of their originals.
        has_more: Whether the batch has further photos, which are not counted.
        removed: The number of photos from which metadata was removed, by the kind of the metadata.
        kept: The number of photos that kept a credit, by the text of the credit.
        public: The number of photos that the gallery shows.
        drafts: The number of photos that the contributor has hidden, or has not yet published.
        pending: The number of photos that wait for review.
    """

    photos: int
    bytes: int
    has_more: bool
    removed: Mapping[str, int]
    kept: Mapping[str, int]
    public: int
    drafts: int
    pending: int

    @classmethod
    def of(cls, photos: list[Photo], *, has_more: bool) -> "BatchTotals":
        """Count the photos."""
        return cls(
            photos=len(photos),
            bytes=sum(photo.bytes for photo in photos),
            has_more=has_more,
            removed=Counter(kind for photo in photos for kind in photo.removed_metadata),
            kept=Counter(filter(None, map(kept_rights, photos))),
            public=sum(photo.state is PhotoState.PUBLIC for photo in photos),
            drafts=sum(photo.hidden_by is Role.CONTRIBUTOR for photo in photos),
            pending=sum(photo.state is PhotoState.PENDING for photo in photos),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage(Page):
    """A page of the photos of one batch.

    Attributes:
        batch: The batch.
        totals: Facts about the batch. Pages after the first one count no photos.
        read_at: The time of the page, in seconds since 1970.
    """

    batch: Batch
    totals: BatchTotals
    read_at: int

    @property
    def photo_count(self) -> int | None:
        """The number of photos of the batch, if the page has counted all of them."""
        return None if self.newer or self.totals.has_more else self.totals.photos


def batch_of(name: str) -> Batch:
    """Return the batch with this name. Raises PhotoNotFound if it is no batch."""
    batch = Batch.of_name(name)
    if batch is None:
        raise PhotoNotFound(name)
    return batch


def read_batch(batch: Batch, owner: str, before: str | None = None) -> BatchPage:
    """Return the first page of a batch, or the page of the photos older than `before`.

    A page is one Query and one BatchGetItem. The first page reads up to `MAX_COUNTED` photos: one
    Query and one BatchGetItem more for each 100.
    """
    if before:
        photos = list(islice(_all_photos(batch, owner, before), PAGE_SIZE + 1))
        return _page(batch, photos, BatchTotals.of([], has_more=False), newer=batch.last_id)
    photos = list(islice(_all_photos(batch, owner), MAX_COUNTED + 1))
    counted = photos[:MAX_COUNTED]
    totals = BatchTotals.of(counted, has_more=len(photos) > MAX_COUNTED)
    return _page(batch, photos, totals)


def _page(
    batch: Batch, found: list[Photo], totals: BatchTotals, *, newer: str | None = None
) -> BatchPage:
    photos = found[:PAGE_SIZE]
    return BatchPage(
        summaries=tuple(photo.summary for photo in photos),
        older=photos[-1].photo_id if len(found) > PAGE_SIZE else None,
        newer=newer,
        batch=batch,
        totals=totals,
        read_at=math.ceil(time.time()),
    )


def _all_photos(batch: Batch, owner: str, before: str | None = None) -> Iterable[Photo]:
    """Yield the photos of a batch, newest first. The first read is that of a small batch."""
    listing = object_keys.owner_listing(owner)
    page = photo_service().batch_page(batch, listing, PAGE_SIZE + 1, before=before)
    yield from page.photos
    while page.older:
        page = photo_service().batch_page(batch, listing, _STEP, before=page.older)
        yield from page.photos
