"""Read the photo of a request, if the visitor may see or change it."""

from app.domain.photo import Photo
from app.web.auth import access
from app.web.context import photo_service


def get_visible(photo_id: str) -> Photo:
    """Return a photo in any state. Raises PhotoNotFound if the visitor may not see it."""
    photo = photo_service().get_any_state(photo_id)
    access.require_see(photo)
    return photo


def get_visible_in(album_id: str, photo_id: str) -> Photo:
    """Return a photo in any state, also an unlisted photo of an album that the visitor may open.

    Raises PhotoNotFound if the visitor may not see it.
    """
    photo = photo_service().get_any_state(photo_id)
    access.require_see_in(photo, album_id)
    return photo


def get_changeable(photo_id: str) -> Photo:
    """Return a photo that is not in the trash. Raises PhotoNotFound and NotOwner."""
    photo = photo_service().get(photo_id)
    access.require_change(photo)
    return photo
