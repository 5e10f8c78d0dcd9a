"""The photos of a selection that the visitor may delete."""

from contextlib import suppress

from app.domain.errors import PhotoNotFound
from app.domain.pages import Page
from app.domain.photo_summary import PhotoSummary
from app.web.auth import access
from app.web.context import photo_service


def deletable(photo_ids: list[str], page: Page) -> list[PhotoSummary]:
    """Return the summaries of the photos that the visitor may delete, newest first.

    Raises:
        PhotoNotFound: The visitor may delete none of them.
    """
    on_page = {summary.photo_id: summary for summary in page.summaries}
    summaries = []
    for photo_id in sorted(photo_ids, reverse=True):
        summary = on_page.get(photo_id) or _summary_of(photo_id)
        if summary:
            summaries.append(summary)
    if not summaries:
        raise PhotoNotFound(photo_ids[0])
    return summaries


def _summary_of(photo_id: str) -> PhotoSummary | None:
    """Return the summary of a photo that has moved to another page since it was chosen."""
    with suppress(PhotoNotFound):
        photo = photo_service().get(photo_id)
        return photo.summary if access.Access().may_change(photo) else None
    return None
