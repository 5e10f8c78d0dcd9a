"""Only the admin undoes a decision of the admin."""

from app.domain.errors import DeletedByAdmin, HiddenByAdmin
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary, Role


def superior_role(previous: Role | None, by: Role) -> Role:
    """Return the role whose decision counts: a contributor does not replace the admin."""
    return Role.ADMIN if Role.ADMIN in {previous, by} else by


def may_unhide(photo: Photo | PhotoSummary, role: Role) -> bool:
    """Return whether `role` may unhide the photo."""
    return role is Role.ADMIN or photo.hidden_by is not Role.ADMIN


def may_restore_or_purge(photo: Photo | PhotoSummary, role: Role) -> bool:
    """Return whether `role` may take the photo out of the trash, in either way."""
    return role is Role.ADMIN or photo.trashed_by is not Role.ADMIN


def require_unhide(photo: Photo, role: Role) -> None:
    """Raise HiddenByAdmin unless `role` may unhide the photo."""
    if not may_unhide(photo, role):
        raise HiddenByAdmin


def require_restore_or_purge(photo: Photo, role: Role) -> None:
    """Raise DeletedByAdmin unless `role` may take the photo out of the trash, in either way."""
    if not may_restore_or_purge(photo, role):
        raise DeletedByAdmin
