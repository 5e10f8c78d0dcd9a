"""Show the photos of a year, of a month, and those without a date, latest first."""

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.listings.archive import Period
from app.web.listings.archive_listings import PeriodListing, UndatedListing
from app.web.pagination import is_past_newest
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
    listing = UndatedListing()
    page = listing.page()
    if is_past_newest(page):
        return redirect(listing.url(size=photo_size()))
    return negotiated(
        lambda: render_template("archive/undated.html", listing=listing, page=page),
        lambda: listing_as_json(page),
    )


def _show(period: Period) -> ResponseReturnValue:
    # Routes match digits of every script. A page has one address.
    if not period.is_possible or not request.path.isascii():
        abort(404)
    listing = PeriodListing(period)
    page = listing.page()
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
