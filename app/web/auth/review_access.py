"""Authorize decisions about photos that wait for review."""

from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.web.auth.access import Access, require_see
from app.web.auth.access_errors import NotReviewer
from app.web.operations import actor


def require_review(photo: Photo) -> None:
    """Raise PhotoNotFound or NotReviewer unless the visitor may approve or refuse `photo`.

    It is no error if another request has decided in the meantime.
    """
    if not Access().is_reviewer_of(photo):
        require_see(photo)
        raise NotReviewer
    actor.note_reviewer()
    is_waiting = photo.state is PhotoState.PENDING
    if not (is_waiting or photo.state.is_in_albums or _is_refused(photo)):
        require_see(photo)


def require_undo_refusal(photo: Photo) -> None:
    """Raise PhotoNotFound unless the visitor may let a refused photo wait for review again."""
    if not (_is_refused(photo) and Access().is_reviewer_of(photo)):
        raise PhotoNotFound(photo.photo_id)
    actor.note_reviewer()


def reviewer_role() -> Role:
    """Return the role in which the visitor refuses photos, or undoes that."""
    return Role.ADMIN if Access().is_admin else Role.REVIEWER


def _is_refused(photo: Photo) -> bool:
    """Return whether a reviewer, or the admin, has deleted the photo while it waited."""
    is_of_reviewer = photo.trashed_by in {Role.REVIEWER, Role.ADMIN}
    return photo.state is PhotoState.TRASHED and photo.awaiting_review and is_of_reviewer
