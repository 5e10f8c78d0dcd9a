"""Change all photos of one batch, at most 100 in a request.

A request that does not reach the end of the batch leads to one that continues after a photo. Each
change may be repeated, so a form that is sent twice does no harm.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from app.domain import object_keys
from app.domain.batches import Batch
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary, Role
from app.services.photo_moves import RETENTION
from app.web.auth import access
from app.web.bulk import photo_changes
from app.web.bulk.each_photo import BulkResult, apply_to_each
from app.web.bulk.steps import last_tried, while_time_remains
from app.web.context import photo_service

MAX_PHOTOS = 100  # in a request: one Query and one BatchGetItem find them


@dataclass(frozen=True, slots=True)
class BatchAction:
    """What to do with the photos of a batch.

    Attributes:
        change: Changes one photo.
        require: Raises AccessError for a photo that the visitor may not change in this way.
        listing: Returns the contributor's listing that has the photos.
        is_wanted: Returns whether a photo of the listing is one to change.
    """

    change: Callable[[Photo], Photo]
    require: Callable[[Photo], None] = access.require_change
    listing: Callable[[str], str] = object_keys.owner_listing
    is_wanted: Callable[[PhotoSummary], bool] = lambda _summary: True


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one request, and the photo after which the next one continues, if any."""

    result: BulkResult
    before: str | None


DELETE = BatchAction(photo_changes.delete)


def restore_since(since: int) -> BatchAction:
    """Return the action that restores the photos that were deleted since a time.

    Args:
        since: Seconds since 1970.
    """
    earliest = since + RETENTION // timedelta(seconds=1)

    def is_wanted(summary: PhotoSummary) -> bool:
        return summary.expires_at is not None and summary.expires_at >= earliest

    return BatchAction(
        photo_changes.restore,
        access.require_restore_or_purge,
        object_keys.owner_trash_listing,
        is_wanted,
    )


def retag(add: Iterable[str], remove: Iterable[str]) -> BatchAction:
    """Return the action that adds and removes tags."""
    return BatchAction(lambda photo: photo_changes.retag(photo, add, remove))


def publish(add: Iterable[str], remove: Iterable[str]) -> BatchAction:
    """Return the action that publishes the photos that the contributor has hidden."""
    return BatchAction(
        lambda photo: photo_changes.publish(photo, add, remove),
        access.require_unhide,
        is_wanted=lambda summary: summary.hidden_by is Role.CONTRIBUTOR,
    )


def run_step(action: BatchAction, batch: Batch, owner: str, before: str | None) -> Step:
    """Change the next photos, until little time is left or the storage fails.

    Args:
        action: What to do.
        batch: The batch.
        owner: The contributor, whose photos alone are changed.
        before: Continue after this photo; None begins with the first one.
    """
    start = min(before or batch.last_id, batch.last_id)
    page = photo_service().page(action.listing(owner), MAX_PHOTOS, before=start)
    in_batch = [summary for summary in page.summaries if summary.photo_id >= batch.first_id]
    photo_ids = [summary.photo_id for summary in in_batch if action.is_wanted(summary)]
    result = apply_to_each(while_time_remains(photo_ids), action.change, action.require)
    last = last_tried(photo_ids, result)
    if photo_ids and last != photo_ids[-1]:  # the time was over, or the storage failed
        return Step(result, last or start)
    following = page.older_neighbor or ""
    return Step(result, page.older if following >= batch.first_id else None)
