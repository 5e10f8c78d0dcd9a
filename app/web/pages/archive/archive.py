"""Show the photos of a year, of a month, and those without a date, latest first."""

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.listings.archive import UNDATED_LISTING, Period
from app.web.context import archive_service
from app.web.listings.archive_listings import PeriodListing, UndatedListing
from app.web.pagination import PAGE_SIZE, cursors, is_past_newest, max_page_age, read_page
from app.web.rendering.api.listing_json import listing_as_json
from app.web.rendering.api.negotiation import negotiated
from app.web.rendering.gallery.archive_nav import archive_counts
from app.web.rendering.gallery.photo_size import photo_size

blueprint = Blueprint("archive", __name__)


@blueprint.get("/<int(fixed_digits=4):year>")
def year(year: int) -> ResponseReturnValue:
    """Show one page of the photos of a year, and its months."""
    return _show(Period(year))


@blueprint.get("/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>")
def month(year: int, month: int) -> ResponseReturnValue:
    """Show one page of the photos of a month."""
    return _show(Period(year, month))


@blueprint.get("/undated")
def undated() -> ResponseReturnValue:
    """Show one page of the photos without a date, in the order of upload."""
    page = read_page(UNDATED_LISTING)
    if is_past_newest(page):
        return redirect(UndatedListing().url(size=photo_size()))
    return negotiated(
        lambda: render_template("archive/undated.html", listing=UndatedListing(), page=page),
        lambda: listing_as_json(page),
    )


def _show(period: Period) -> ResponseReturnValue:
    # Routes match digits of every script. A page has one address.
    if not period.is_possible or not request.path.isascii():
        abort(404)
    listing = PeriodListing(period)
    before, after = cursors(listing.cursors.is_cursor)
    page = archive_service().page(
        period, PAGE_SIZE, before=before, after=after, max_age=max_page_age()
    )
    if is_past_newest(page):
        return redirect(listing.url(size=photo_size()))
    counts = archive_counts().latest()
    later, earlier = counts.neighbors(period)
    return negotiated(
        lambda: render_template(
            "archive/period.html",
            listing=listing,
            period=period,
            page=page,
            count=counts.of(period),
            months=counts.months_of(period.year) if period.month is None else (),
            later=later,
            earlier=earlier,
        ),
        lambda: listing_as_json(page, counts.of(period)),
    )
