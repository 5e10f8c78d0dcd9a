"""Read the page of a listing that the URL's cursors ask for."""

from flask import request

from app.domain import photo_ids
from app.domain.errors import PhotoNotFound
from app.domain.pages import Page
from app.web.auth import access, contributor_cookie
from app.web.context import photo_service

PAGE_SIZE = 30  # photos
# Seconds. A visitor who changed something looks for the change at once; others do not.
_MAX_AGE_FOR_READERS = 1.0


def read_page(listing: str) -> Page:
    """Return the page of `listing` that the URL asks for: one read.

    Visitors who have neither uploaded nor logged in may get a page that is a second old.

    Raises:
        PhotoNotFound: A cursor is not a photo id.
    """
    before, after = cursors()
    is_reader = not contributor_cookie.is_known() and not access.has_session()
    max_age = _MAX_AGE_FOR_READERS if is_reader else 0.0
    return photo_service().page(listing, PAGE_SIZE, before=before, after=after, max_age=max_age)


def is_past_newest(page: Page) -> bool:
    """Return whether `after` led to the newest photos, which the first page shows in full."""
    return bool(request.args.get("after")) and not page.newer


def cursors() -> tuple[str | None, str | None]:
    """Return the URL's `before` and `after`.

    Raises:
        PhotoNotFound: A cursor is not a photo id.
    """
    return _cursor("before"), _cursor("after")


def cursor_parameters() -> dict[str, str]:
    """Return the URL's cursors as query parameters, for links back to the same page."""
    parameters = {name: request.args.get(name) for name in ("before", "after")}
    return {name: cursor for name, cursor in parameters.items() if cursor}


def _cursor(name: str) -> str | None:
    cursor = request.args.get(name)
    if cursor and not photo_ids.is_photo_id(cursor):
        raise PhotoNotFound(cursor)
    return cursor or None
