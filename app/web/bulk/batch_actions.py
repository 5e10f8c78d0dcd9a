"""Change all photos of one batch, at most 100 in a request.

A request that does not reach the end of the batch leads to one that continues after a photo. Each
change may be repeated, so a form that is sent twice does no harm.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain import moderation, object_keys
from app.domain.batches import Batch
from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.domain.usage import expiry_of
from app.web.auth import access
from app.web.bulk import photo_changes
from app.web.bulk.each_photo import ItemError, apply_to_each
from app.web.bulk.steps import first_failed, last_tried, while_time_remains
from app.web.context import photo_service

MAX_PHOTOS = 100  # in a request: one Query and one BatchGetItem find them


@dataclass(frozen=True, slots=True)
class BatchAction:
    """A change to the photos of a batch.

    Attributes:
        change: Changes one photo.
        require: Raises AccessError for a photo that the visitor may not change in this way.
        listing: Returns the contributor's listing that has the photos.
        is_wanted: Returns whether a photo of the listing is one to change.
    """

    change: Callable[[Photo], Photo]
    require: Callable[[Photo], None] = access.require_change
    listing: Callable[[str], str] = object_keys.owner_listing
    is_wanted: Callable[[Photo], bool] = lambda _photo: True


@dataclass(frozen=True, slots=True)
class BatchPosition:
    """How far an action has come.

    Attributes:
        before: The photo after which the next request continues, None at the beginning.
        failed: The photo whose change the storage interrupted. The next request completes it.
        done: The number of photos that were changed.
    """

    before: str | None = None
    failed: str | None = None
    done: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one request.

    Attributes:
        position: The position of the next request, without `before` at the end of the batch.
        changed: The photos that this request has changed.
        errors: The photos that were not changed. Photos that are gone are not among them.
        has_progress: Whether a photo was tried, so that the next request does not repeat this one.
    """

    position: BatchPosition
    changed: list[Photo]
    errors: list[ItemError]
    has_progress: bool

    @property
    def is_last(self) -> bool:
        """Whether every photo of the batch is changed or gone."""
        return not (self.position.before or self.errors)


def delete_shown(shown_at: datetime) -> BatchAction:
    """Return the action that deletes the photos that a page showed.

    All of them expire 30 days after that time, so that `restore_shown` finds them again.

    Args:
        shown_at: When the page was shown.
    """
    return BatchAction(
        lambda photo: photo_changes.delete(photo, shown_at),
        is_wanted=lambda photo: photo.uploaded_at <= shown_at,
    )


def restore_shown(shown_at: datetime) -> BatchAction:
    """Return the action that undoes `delete_shown`. Photos that were deleted alone stay deleted."""
    expires_at = expiry_of(shown_at)

    def is_wanted(photo: Photo) -> bool:
        may_restore = moderation.may_restore_or_purge(photo, access.current_role())
        return may_restore and photo.expires_at == expires_at

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
        is_wanted=lambda photo: photo.hidden_by is Role.CONTRIBUTOR,
    )


def run_step(action: BatchAction, batch: Batch, owner: str, position: BatchPosition) -> Step:
    """Change the next photos, until little time is left or the storage fails.

    Args:
        action: The action.
        batch: The batch.
        owner: The contributor, whose photos alone are changed.
        position: How far the earlier requests have come.
    """
    listing = action.listing(owner)
    page = photo_service().batch_page(batch, listing, MAX_PHOTOS, before=position.before)
    wanted = [photo.photo_id for photo in page.photos if action.is_wanted(photo)]
    candidates = dict.fromkeys([position.failed or "", *wanted])
    photo_ids = [photo_id for photo_id in candidates if batch.may_have(photo_id)]
    result = apply_to_each(while_time_remains(photo_ids), action.change, action.require)
    last = last_tried(photo_ids, result)
    is_complete = not photo_ids or last == photo_ids[-1]  # else the storage or the time ended it
    return Step(
        BatchPosition(
            before=page.older if is_complete else last or position.before or batch.last_id,
            failed=first_failed(result),
            done=position.done + len(result.changed),
        ),
        changed=result.changed,
        errors=[item for item in result.errors if not isinstance(item.error, PhotoNotFound)],
        has_progress=last is not None,
    )
