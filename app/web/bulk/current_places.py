"""Give photos that are shown again the places of the orders that their albums have now."""

from contextlib import suppress

from app.domain.errors import AlbumNotFound
from app.domain.photo import Photo
from app.web.context import album_service


def with_current_places(photo: Photo) -> Photo:
    """Return a photo that has been approved, shown again or restored, in its current places.

    An album that got another order has only sorted the photos that it showed. This reads the album
    afterwards, so a change of the order at the same time has sorted the photo, or is read.
    """
    if not photo.state.is_in_albums:
        return photo
    for membership in photo.albums:
        with suppress(AlbumNotFound):
            album = album_service().get(membership.album_id)
            photo = album_service().sort(album, photo)
    return photo
