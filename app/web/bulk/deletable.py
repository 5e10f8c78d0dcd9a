"""The photos of a selection that the visitor may delete."""

from app.domain import photo_ids
from app.domain.errors import PhotoNotFound
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.web.auth import access
from app.web.context import download_service


def deletable(chosen: list[str]) -> list[PhotoSummary]:
    """Return the summaries of the photos that the visitor may delete, newest first: one read.

    Raises:
        PhotoNotFound: The visitor may delete none of them.
    """
    found = download_service().chosen(filter(photo_ids.is_photo_id, chosen)).photos
    kept = [photo for photo in found if photo.state is not PhotoState.TRASHED]
    summaries = [photo.summary for photo in kept if access.Access().may_change(photo)]
    if not summaries:
        raise PhotoNotFound(chosen[0])
    return summaries
