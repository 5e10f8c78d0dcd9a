"""Change all photos of one contributor, a few seconds at a time.

The session has the position of the next request, under an id that is in the URL. A link from
elsewhere therefore continues nothing, and a page that is loaded again asks first.
"""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from flask import request, session

from app.domain import object_keys
from app.domain.errors import PhotoNotFound, StorageError
from app.domain.pages import Page
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary, Role
from app.web.bulk.each_photo import BulkResult, ItemError, apply_to_each
from app.web.bulk.steps import (
    has_time,
    last_tried,
    refusals_of,
    storage_error_of,
    while_time_remains,
)
from app.web.context import photo_service
from app.web.pagination import PAGE_SIZE

# The trash comes first: the contributor could otherwise restore photos in the meantime. It comes
# last again for the photos that the contributor deletes in the meantime.
PASSES = (
    object_keys.owner_trash_listing,
    object_keys.owner_listing,
    object_keys.owner_trash_listing,
)
_SESSION_KEY = "contributor action"


@dataclass(frozen=True, slots=True)
class Action:
    """An action on every photo of a contributor.

    Attributes:
        change: Changes one photo as the admin.
        is_done: Returns whether a photo needs no change.
    """

    change: Callable[[Photo], Photo]
    is_done: Callable[[PhotoSummary], bool]


@dataclass(frozen=True, slots=True)
class Position:
    """How far an action has come."""

    pass_number: int = 0  # index in PASSES
    before: str | None = None  # the cursor in the listing
    done: int = 0  # photos
    failed: int = 0  # photos
    total: int = 0  # photos to begin with

    @property
    def is_end(self) -> bool:
        """Whether no photo is left."""
        return self.pass_number >= len(PASSES)


def _hide(photo: Photo) -> Photo:
    return photo_service().hide_any_state(photo.photo_id, Role.ADMIN)


def _delete(photo: Photo) -> Photo:
    return photo_service().delete(photo.photo_id, Role.ADMIN)


def _purge(photo: Photo) -> Photo:
    deleted = _delete(photo)
    photo_service().purge_photo(photo.photo_id, Role.ADMIN)
    return deleted


def _is_hidden(summary: PhotoSummary) -> bool:
    return summary.hidden_by is Role.ADMIN and summary.lease_expires_at is None


def _is_deleted(summary: PhotoSummary) -> bool:
    return summary.trashed_by is Role.ADMIN and summary.lease_expires_at is None


ACTIONS = {
    "hide": Action(_hide, _is_hidden),
    "delete": Action(_delete, _is_deleted),
    "purge": Action(_purge, lambda _summary: False),
}


def run_batch(owner: str, verb: str, position: Position) -> tuple[Position, StorageError | None]:
    """Change photos until about one page of them is done, or little time is left.

    Returns:
        The position of the next request, and the error of the storage that ended this one early.
    """
    action = ACTIONS[verb]
    tried = 0
    while not position.is_end and tried < PAGE_SIZE and has_time():
        listing = PASSES[position.pass_number](owner)
        page = photo_service().page(listing, PAGE_SIZE, before=position.before)
        photo_ids = [found.photo_id for found in page.summaries if not action.is_done(found)]
        result = apply_to_each(while_time_remains(photo_ids), action.change)
        position = _advance(position, page, photo_ids, result)
        storage_error = storage_error_of(result.errors)
        if storage_error:
            return position, storage_error
        tried += len(photo_ids)
    return position, None


def store_position(owner: str, verb: str, position: Position, *, is_shown: bool = False) -> str:
    """Keep the position of the next request in the session, and return its id for the URL."""
    position_id = secrets.token_urlsafe(16)
    session[_SESSION_KEY] = {
        "id": position_id,
        "owner": owner,
        "verb": verb,
        "is_shown": is_shown,
        "position": asdict(position),
    }
    return position_id


def stored_position(owner: str, verb: str) -> Position | None:
    """Return the position with the id in the URL; None if the session has another one, or none."""
    stored = session.get(_SESSION_KEY, {})
    expected = (owner, verb, request.args.get("position"))
    if (stored.get("owner"), stored.get("verb"), stored.get("id")) != expected:
        return None
    return Position(**stored["position"])


def show_position(owner: str, verb: str) -> Position | None:
    """Return the position with the id in the URL, for one page only: a reload gets None."""
    position = stored_position(owner, verb)
    if position is None or session[_SESSION_KEY]["is_shown"]:
        return None
    session[_SESSION_KEY] = session[_SESSION_KEY] | {"is_shown": True}
    return position


def delete_position() -> None:
    """End the action."""
    session.pop(_SESSION_KEY, None)


def _advance(position: Position, page: Page, photo_ids: list[str], result: BulkResult) -> Position:
    """Return the position after the photos of `page` that were tried."""
    counted = _count(position, result, refusals_of(result.errors))
    last = last_tried(photo_ids, result)
    if photo_ids and last != photo_ids[-1]:  # the time was over, or the storage failed
        return replace(counted, before=last or position.before)
    if page.older:
        return replace(counted, before=page.older)
    return replace(counted, pass_number=position.pass_number + 1, before=None)


def _count(position: Position, result: BulkResult, failures: list[ItemError]) -> Position:
    """Add the photos of a request. The last pass tries those again that failed in the first."""
    failed = [item for item in failures if not isinstance(item.error, PhotoNotFound)]
    counted = replace(position, done=position.done + len(result.changed))
    if position.pass_number == 0:
        return counted
    return replace(counted, failed=position.failed + len(failed))
