"""Show the gallery: every public photo, newest first."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.object_keys import PUBLIC_LISTING
from app.web.pagination import is_past_newest, read_page
from app.web.rendering.api.listing_json import listing_as_json
from app.web.rendering.api.negotiation import negotiated
from app.web.rendering.gallery.archive_nav import archive_counts
from app.web.rendering.gallery.photo_count import photo_count
from app.web.rendering.gallery.photo_size import photo_size

blueprint = Blueprint("gallery", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show one page of the gallery."""
    page = read_page(PUBLIC_LISTING)
    if is_past_newest(page):
        return redirect(url_for(".index", size=photo_size()))
    is_first = not page.newer and not request.args.get("before")
    count = photo_count().with_page(page) if is_first else None
    archive = archive_counts().of_gallery(page) if is_first else None
    return negotiated(
        lambda: render_template(
            "gallery/index.html", page=page, is_first=is_first, count=count, archive_counts=archive
        ),
        lambda: listing_as_json(page, count),
    )
