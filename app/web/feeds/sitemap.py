"""Serve the sitemap (https://www.sitemaps.org/protocol.html): an index of months, and each month.

It also lists the pages of the date archive.

Photo ids sort by time, so a month is a range of ids. Each document costs at most two reads,
however many photos there are. The public albums have a document too.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, render_template

from app.domain import photo_ids
from app.domain.object_keys import PUBLIC_LISTING
from app.web.caching import HOUR, cache_publicly
from app.web.context import album_service, photo_service
from app.web.rendering.gallery.archive_nav import archive_counts

MAX_PHOTOS = 1000  # the newest of a month; crawlers reach the others through the gallery
MAX_ALBUMS = 500  # the newest; crawlers reach the others through the list of albums

Month = tuple[int, int]  # year and month

blueprint = Blueprint("sitemap", __name__)


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """List every month from the oldest photo to the newest."""
    newest = photo_service().page(PUBLIC_LISTING, 1).summaries
    oldest = photo_service().page(PUBLIC_LISTING, 1, after=_first_id((1970, 1))).summaries
    if oldest and newest:
        months = list(_months(_month_of(oldest[0].photo_id), _month_of(newest[0].photo_id)))
    else:
        now = datetime.now(UTC)
        months = [(now.year, now.month)]
    has_archive = bool(archive_counts().latest().years)
    return _xml("feeds/sitemap_index.xml", months=months, has_archive=has_archive)


@blueprint.get("/sitemap-archive.xml")
def archive() -> Response:
    """List the pages of the years and months in which photos were taken."""
    years = archive_counts().latest().years
    periods = [count.period for year in years for count in (year.year, *year.months)]
    return _xml("feeds/sitemap_archive.xml", periods=periods)


@blueprint.get("/sitemap-<int(fixed_digits=4):year>-<int(fixed_digits=2):month>.xml")
def show(year: int, month: int) -> Response:
    """List the gallery and the photos of one month, newest first."""
    if not (1970 <= year < 9999 and 1 <= month <= 12):
        abort(404)
    first_id = _first_id((year, month))
    end = _first_id(_next((year, month)))
    page = photo_service().page(PUBLIC_LISTING, MAX_PHOTOS, before=end)
    summaries = [summary for summary in page.summaries if summary.photo_id >= first_id]
    return _xml("feeds/sitemap.xml", summaries=summaries)


@blueprint.get("/sitemap-albums.xml")
def albums() -> Response:
    """List the page of albums, and the public albums, newest first."""
    page = album_service().public(MAX_ALBUMS)
    return _xml("feeds/sitemap_albums.xml", tiles=page.tiles)


def _months(first: Month, last: Month) -> Iterator[Month]:
    month = first
    while month <= last:
        yield month
        month = _next(month)


def _month_of(photo_id: str) -> Month:
    uploaded_at = photo_ids.timestamp_of(photo_id)
    return uploaded_at.year, uploaded_at.month


def _next(month: Month) -> Month:
    year, number = month
    return (year, number + 1) if number < 12 else (year + 1, 1)


def _first_id(month: Month) -> str:
    return photo_ids.first_id_at(datetime(*month, 1, tzinfo=UTC))


def _xml(template: str, **context: object) -> Response:
    text = render_template(template, **context)
    return cache_publicly(Response(text, mimetype="application/xml"), HOUR)
