"""Change one photo as the visitor. The caller has checked that the visitor may do that."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from app.domain.image.credit_choice import CreditChoice
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.web.auth import access
from app.web.bulk.current_places import with_current_places
from app.web.context import photo_licenses, photo_service


def hide(photo: Photo) -> Photo:
    """Hide the photo from everyone but its owner and the admin."""
    return photo_service().hide(photo.photo_id, access.role_for(photo))


def delete(photo: Photo, at: datetime | None = None) -> Photo:
    """Move the photo to the trash, where it stays for 30 days from `at`, or from now."""
    return photo_service().delete(photo.photo_id, access.role_for(photo), at)


def restore(photo: Photo) -> Photo:
    """Undo the deletion of the photo, also that of its owner if the visitor is the owner."""
    restored = photo_service().restore(photo.photo_id, access.trash_role(photo))
    if restored.state is PhotoState.TRASHED and _is_owner(restored):
        restored = photo_service().restore(photo.photo_id, Role.CONTRIBUTOR)
    return with_current_places(restored)


def unhide(photo: Photo) -> Photo:
    """Undo the hiding of the photo, also that of its owner if the visitor is the owner."""
    shown = photo_service().unhide(photo.photo_id, access.current_role())
    if shown.state is PhotoState.HIDDEN and _is_owner(shown):
        shown = photo_service().unhide(photo.photo_id, Role.CONTRIBUTOR)
    return with_current_places(shown)


def retag(photo: Photo, add: Iterable[str], remove: Iterable[str]) -> Photo:
    """Add tags to the photo, and remove tags from it."""
    return photo_service().retag(photo.photo_id, add, remove)


def shift_date(photo: Photo, shown_dates: Mapping[str, str], by: timedelta) -> Photo:
    """Shift the date of the photo, which the page showed."""
    shown = shown_dates.get(photo.photo_id, "")
    return photo_service().shift_date(photo.photo_id, shown, by)


def set_license(photo: Photo, choice: CreditChoice) -> Photo:
    """Change the license of the photo, and its credit if the choice has one."""
    return photo_licenses().change(photo, choice)


def publish(photo: Photo, add: Iterable[str], remove: Iterable[str]) -> Photo:
    """Change the tags of the photo if there are any, and unhide the photo."""
    if add or remove:
        retag(photo, add, remove)
    return unhide(photo)


def _is_owner(photo: Photo) -> bool:
    return access.role_for(photo) is Role.CONTRIBUTOR
