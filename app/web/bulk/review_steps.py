"""Approve and refuse photos: chosen ones, or all of one guest in an album, 100 in a request.

Each decision may be repeated, so a form that is sent twice does no harm.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from app.domain.errors import AlbumNotFound, PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_ids import MAX_ID
from app.web.auth import review_access
from app.web.auth.access_errors import NotWaiting
from app.web.bulk.current_places import with_current_places
from app.web.bulk.each_photo import BulkResult, ItemError, apply_to_each
from app.web.bulk.steps import last_tried, while_time_remains
from app.web.context import album_service, photo_service, review_service

MAX_PHOTOS = 100  # in a request: one Query and one BatchGetItem find them


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """The result of one request for all photos of a guest.

    Attributes:
        before: The photo after which the next request continues, None at the end.
        done: The number of photos that were approved so far.
        errors: The photos that were not approved. Photos that are gone are not among them.
        has_progress: Whether the next request does not repeat this one.
    """

    before: str | None
    done: int
    errors: list[ItemError]
    has_progress: bool

    @property
    def is_last(self) -> bool:
        """Whether every photo of the guest is approved or gone."""
        return not (self.before or self.errors)


def decide(verb: str, photo_ids: Iterable[str]) -> BulkResult:
    """Approve or refuse photos, or undo a refusal, until little time is left."""
    change, require = _DECISIONS[verb]
    result = apply_to_each(while_time_remains(photo_ids), change, require)
    if verb == "approve":
        _ensure_covers(result.changed)
    return result


def without_gone(result: BulkResult) -> BulkResult:
    """Return a result without the photos that their owners have deleted or hidden since.

    The page was older than that. It is no error of the reviewer if other photos were changed.
    """
    errors = _without_gone(result.errors) if result.changed else result.errors
    return replace(result, errors=errors)


def approve_all_of(owner: str, album_id: str, before: str | None, done: int) -> ReviewStep:
    """Approve the next photos of a guest in an album, newest first."""
    page = review_service().pending(album_id, MAX_PHOTOS, before=before)
    wanted = [photo.photo_id for photo in page.photos if photo.owner == owner]
    result = decide("approve", wanted)
    last = last_tried(wanted, result)
    is_complete = not wanted or last == wanted[-1]  # else the storage or the time ended it
    next_before = page.older if is_complete else last or before or MAX_ID
    return ReviewStep(
        before=next_before,
        done=done + len(result.changed),
        errors=_without_gone(result.errors),
        has_progress=next_before != (before or MAX_ID),
    )


def _without_gone(errors: Iterable[ItemError]) -> list[ItemError]:
    return [item for item in errors if not isinstance(item.error, PhotoNotFound)]


def _approve(photo: Photo) -> Photo:
    return with_current_places(review_service().approve(photo.photo_id))


def _refuse(photo: Photo) -> Photo:
    if not photo.awaiting_review:
        raise NotWaiting
    return review_service().refuse(photo.photo_id, review_access.reviewer_role())


def _restore(photo: Photo) -> Photo:
    return photo_service().restore(photo.photo_id, review_access.reviewer_role())


_DECISIONS = {
    "approve": (_approve, review_access.require_review),
    "refuse": (_refuse, review_access.require_review),
    "restore": (_restore, review_access.require_undo_refusal),
}


def _ensure_covers(photos: Iterable[Photo]) -> None:
    """Make the first photo of each album its cover, if the album has none."""
    first = {album.album_id: photo for photo in photos for album in photo.albums}
    for album_id, photo in first.items():
        with suppress(AlbumNotFound):
            album_service().ensure_cover(album_service().get(album_id), photo.photo_id)
