"""The gallery: every public photo, newest first."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys, photo_ids
from app.domain.errors import PhotoNotFound
from app.domain.photo import Page
from app.web.context import photo_service

PAGE_SIZE = 30

blueprint = Blueprint("gallery", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """One page of the gallery."""
    page = requested_page(object_keys.PUBLIC_LISTING)
    return render_template("gallery/index.html", page=page) if page else redirect(url_for(".index"))


def requested_page(feed: str) -> Page | None:
    """The page of `feed` that the address asks for.

    None where `after` leads back to the newest photos: the first page shows them, and in full.
    """
    before, after = cursors()
    page = photo_service().page(feed, PAGE_SIZE, before=before, after=after)
    return None if after and not page.newer else page


def cursors() -> tuple[str | None, str | None]:
    """The address's `before` and `after`. Raises PhotoNotFound for one that is no photo id."""
    return _cursor("before"), _cursor("after")


def _cursor(name: str) -> str | None:
    cursor = request.args.get(name)
    if cursor and not photo_ids.is_photo_id(cursor):
        raise PhotoNotFound(cursor)
    return cursor or None
