"""Show the gallery: every public photo, newest first, by upload or by the date taken."""

from datetime import date

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.listings.archive import YearPosition
from app.domain.listings.archive_counts import ArchiveCounts
from app.domain.listings.gallery_order import GalleryOrder
from app.domain.pages import Page
from app.web.listings.archive_listings import GalleryByDate
from app.web.listings.gallery_order import read_order
from app.web.listings.newest_listings import GALLERY
from app.web.listings.source_listing import SourceListing
from app.web.pagination import is_past_newest
from app.web.rendering.api.listing_json import listing_as_json
from app.web.rendering.api.negotiation import negotiated
from app.web.rendering.gallery.archive_nav import archive_counts
from app.web.rendering.gallery.photo_count import photo_count
from app.web.rendering.gallery.photo_size import photo_size

blueprint = Blueprint("gallery", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show one page of the gallery."""
    order = read_order()
    listing: SourceListing = GalleryByDate() if order is GalleryOrder.TAKEN else GALLERY
    page = listing.page()
    if is_past_newest(page):
        return redirect(listing.url(size=photo_size()))
    is_first = not page.newer and not request.args.get("before")
    count = photo_count().with_page(page) if is_first and order is GalleryOrder.ADDED else None
    archive = _counts(order, page) if is_first else None
    return negotiated(
        lambda: render_template(
            "gallery/index.html",
            page=page,
            listing=listing,
            order=order.value,
            is_first=is_first,
            count=count,
            archive_counts=archive,
            reached=_reached(page),
        ),
        lambda: listing_as_json(page, count),
    )


def _counts(order: GalleryOrder, page: Page) -> ArchiveCounts:
    """Return the counts. A page by date lacks the photos without one."""
    recent = archive_counts()
    return recent.latest() if order is GalleryOrder.TAKEN else recent.of_gallery(page)


def _reached(page: Page) -> date | None:
    """Return the day to which a page by date was read that is empty but not the last one."""
    position = YearPosition.parse(page.older or "")
    if position is None or page.summaries:
        return None
    is_forward = position == YearPosition.last_of(position.year)
    return date(position.year, 12, 31) if is_forward else date(position.year, 1, 1)
