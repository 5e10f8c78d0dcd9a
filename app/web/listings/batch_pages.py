"""Read the page of one batch among a contributor's own uploads."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from app.domain.batches import Batch
from app.domain.errors import PhotoNotFound
from app.domain.pages import Page
from app.domain.photo_summary import PhotoState, Role
from app.web.context import upload_service
from app.web.pagination import PAGE_SIZE, cursors


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage(Page):
    """A page of the photos of one batch.

    Attributes:
        batch: The batch.
        removed: The number of photos of which metadata was removed, by the kind of the metadata.
        has_public: Whether a photo is public, so that the gallery shows it.
        drafts: The number of photos that the contributor has hidden, or has not yet published.
    """

    batch: Batch
    removed: Mapping[str, int]
    has_public: bool
    drafts: int

    @property
    def is_whole(self) -> bool:
        """Whether the page has all photos of the batch."""
        return self.older is None and self.newer is None


def chosen_batch() -> Batch | None:
    """Return the batch in the URL, None without one. Raises PhotoNotFound if it is no batch."""
    name = request.args.get("batch")
    if not name:
        return None
    batch = Batch.of_name(name)
    if batch is None:
        raise PhotoNotFound(name)
    return batch


def read_batch(batch: Batch, owner: str) -> BatchPage:
    """Return the page of a batch that the URL's cursor asks for: one Query and one BatchGetItem."""
    before, _ = cursors()
    start = before or batch.last_id
    found = upload_service().photos_of(batch, owner, PAGE_SIZE + 1, before=start)
    photos = found[:PAGE_SIZE]
    return BatchPage(
        summaries=tuple(photo.summary for photo in photos),
        older=photos[-1].photo_id if len(found) > PAGE_SIZE else None,
        newer=batch.last_id if before else None,
        batch=batch,
        removed=Counter(kind for photo in photos for kind in photo.removed_metadata),
        has_public=any(photo.state is PhotoState.PUBLIC for photo in photos),
        drafts=sum(photo.hidden_by is Role.CONTRIBUTOR for photo in photos),
    )
