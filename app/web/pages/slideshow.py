"""Show one photo of a listing after the other, full screen.

A slideshow is a listing with one photo a page. At the end it starts again at the newest photo, so
it shows photos that were added in between.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.pages import Page
from app.domain.photo_summary import PhotoSummary
from app.web.listings.source_listing import PARAMETER, SourceListing, source_listing
from app.web.pagination import cursor_parameters, cursors, next_cursor

SECONDS = 7  # for which a photo is shown

blueprint = Blueprint("slideshow", __name__)


@blueprint.get("/slideshow")
def show() -> ResponseReturnValue:
    """Show the photo next to the cursor; with the parameter `paused`, stay there."""
    listing = source_listing()
    before, after = cursors(listing.is_cursor)
    page = listing.read(before=before, after=after)
    photo = page.summaries[0] if page.summaries else None
    next_page = next_cursor(page)
    if photo is None and (before or after or next_page):
        return redirect(_url(listing, **next_page))
    return render_template(
        "slideshow/show.html",
        listing=listing,
        photo=photo,
        links=_links(listing, page, photo) if photo else {},
        is_paused="paused" in request.args,
        seconds=SECONDS,
    )


def _links(listing: SourceListing, page: Page, photo: PhotoSummary) -> dict[str, str]:
    """Return the links of the page of a photo. The first photo leads to photos added since."""
    return {
        "previous": _url(listing, after=page.newer or listing.cursor_at(photo)),
        "next": _url(listing, before=page.older),
        "pause": _url(listing, paused="", **cursor_parameters()),
    }


def _url(listing: SourceListing, **parameters: Any) -> str:
    return url_for(".show", **{PARAMETER: listing.value} | parameters)
