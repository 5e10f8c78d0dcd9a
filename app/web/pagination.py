"""Paginate a listing: read the page that the URL's cursors ask for."""

from collections.abc import Callable

from flask import request

from app.domain import photo_ids
from app.domain.errors import PhotoNotFound
from app.domain.pages import Page
from app.web.auth import contributor_cookie
from app.web.auth.principals import logins
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
    return photo_service().page(
        listing, PAGE_SIZE, before=before, after=after, max_age=max_page_age()
    )


def max_page_age() -> float:
    """Return how many seconds old a page may be for this visitor."""
    is_reader = not contributor_cookie.is_known() and not logins.has_session()
    return _MAX_AGE_FOR_READERS if is_reader else 0.0


def is_past_newest(page: Page) -> bool:
    """Return whether `after` led to the newest photos, which the first page shows in full."""
    return bool(request.args.get("after")) and not page.newer


def next_cursor(page: Page) -> dict[str, str]:
    """Return the parameter of the next page in the direction of the URL's cursor, none at the end.

    An empty page has a next page if a search, or the gallery by date, stopped at a limit.
    """
    is_forward = request.args.get("after") and not request.args.get("before")
    name, cursor = ("after", page.newer) if is_forward else ("before", page.older)
    return {name: cursor} if cursor else {}


def cursors(
    is_cursor: Callable[[str], bool] = photo_ids.is_photo_id,
) -> tuple[str | None, str | None]:
    """Return the URL's `before` and `after`.

    Args:
        is_cursor: Returns whether a text may be a cursor of the listing: by default a photo id.

    Raises:
        PhotoNotFound: A cursor is not one of the listing: by default, it is no photo id.
    """
    return _cursor("before", is_cursor), _cursor("after", is_cursor)


def cursor_parameters() -> dict[str, str]:
    """Return the URL's cursors as query parameters, for links back to the same page."""
    parameters = {name: request.args.get(name) for name in ("before", "after")}
    return {name: cursor for name, cursor in parameters.items() if cursor}


def _cursor(name: str, is_cursor: Callable[[str], bool]) -> str | None:
    cursor = request.args.get(name)
    if cursor and not is_cursor(cursor):
        raise PhotoNotFound(cursor)
    return cursor or None
