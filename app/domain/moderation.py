"""The states of photos: a role of lower rank does not undo a decision of a higher one.

The decision of the owner counts as well. If others hide or delete a photo that its owner has hidden
or deleted, or the owner does so afterwards, it stays hidden or deleted when they undo theirs.
"""

from dataclasses import replace
from typing import Any

from app.domain.errors import DeletedByAdmin, DeletedByReviewer, HiddenByAdmin
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary, Role


def state_outside_trash(photo: Photo) -> PhotoState:
    """Return the state of a photo that is not in the trash, or that is restored from it."""
    if photo.hidden_by:
        return PhotoState.HIDDEN
    if photo.awaiting_review:
        return PhotoState.PENDING
    if photo.unlisted:
        return PhotoState.PRIVATE if photo.closed else PhotoState.UNLISTED
    return PhotoState.PUBLIC


def outside_trash(photo: Photo, **changes: Any) -> Photo:
    """Return the photo with `changes`, in the state that follows from them."""
    changed = replace(photo, **changes)
    return replace(changed, state=state_outside_trash(changed))


def superior_role(previous: Role | None, by: Role) -> Role:
    """Return the role whose decision counts: that of the higher rank."""
    return by if previous is None else max(previous, by, key=lambda role: role.rank)


def hidden(photo: Photo, by: Role) -> dict[str, Any]:
    """Return the changes of a photo that `by` hides.

    `owner_hid` says that the owner hides it too, below another role.
    """
    hidden_by = superior_role(photo.hidden_by, by)
    is_of_owner = photo.owner_hid or Role.CONTRIBUTOR in {photo.hidden_by, by}
    return {
        "hidden_by": hidden_by,
        "owner_hid": is_of_owner and hidden_by is not Role.CONTRIBUTOR,
    }


def unhidden(photo: Photo) -> dict[str, Any]:
    """Return the changes that undo the decision to hide a photo. That of its owner stays."""
    return {"hidden_by": Role.CONTRIBUTOR if photo.owner_hid else None, "owner_hid": False}


def deleted(photo: Photo, by: Role) -> dict[str, Any]:
    """Return the changes of a photo that `by` deletes.

    `owner_deleted` says that the owner deletes it too, below another role.
    """
    trashed_by = superior_role(photo.trashed_by, by)
    is_of_owner = photo.owner_deleted or Role.CONTRIBUTOR in {photo.trashed_by, by}
    return {
        "trashed_by": trashed_by,
        "owner_deleted": is_of_owner and trashed_by is not Role.CONTRIBUTOR,
    }


def may_unhide(photo: Photo | PhotoSummary, role: Role) -> bool:
    """Return whether `role` may unhide the photo."""
    return photo.hidden_by is None or role.rank >= photo.hidden_by.rank


def may_restore_or_purge(photo: Photo | PhotoSummary, role: Role) -> bool:
    """Return whether `role` may take the photo out of the trash, in either way."""
    return photo.trashed_by is None or role.rank >= photo.trashed_by.rank


def require_unhide(photo: Photo, role: Role) -> None:
    """Raise HiddenByAdmin unless `role` may unhide the photo."""
    if not may_unhide(photo, role):
        raise HiddenByAdmin


def require_restore_or_purge(photo: Photo, role: Role) -> None:
    """Raise DeletedByAdmin or DeletedByReviewer unless `role` may take the photo out of the trash.

    It may be restored or deleted permanently.
    """
    if not may_restore_or_purge(photo, role):
        raise DeletedByAdmin if photo.trashed_by is Role.ADMIN else DeletedByReviewer
