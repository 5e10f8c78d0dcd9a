"""Serve the sitemap (https://www.sitemaps.org/protocol.html): an index of months, and each month.

It also lists the pages of the date archive.

Ids of photos and albums sort by time, so a month is a range of ids. A document of photos or of
albums costs one read in each partition, however many there are, and the index two for each of both.
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
MAX_ALBUMS = 100  # the newest of a month; crawlers reach the others through the list of albums

Month = tuple[int, int]  # year and month

blueprint = Blueprint("sitemap", __name__)


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """List every month from the oldest photo to the newest."""
    has_archive = bool(archive_counts().latest().years)
    return _xml(
        "feeds/sitemap_index.xml",
        months=_months_of_photos(),
        album_months=_months_of_albums(),
        has_archive=has_archive,
    )


@blueprint.get("/sitemap-archive.xml")
def archive() -> Response:
    """List the pages of the years and months in which photos were taken."""
    years = archive_counts().latest().years
    periods = [count.period for year in years for count in (year.year, *year.months)]
    return _xml("feeds/sitemap_archive.xml", periods=periods)


@blueprint.get("/sitemap-<int(fixed_digits=4):year>-<int(fixed_digits=2):month>.xml")
def show(year: int, month: int) -> Response:
    """List the gallery and the photos of one month, newest first."""
    page = photo_service().page(PUBLIC_LISTING, MAX_PHOTOS, before=_end_of(year, month))
    first_id = _first_id((year, month))
    summaries = [summary for summary in page.summaries if summary.photo_id >= first_id]
    return _xml("feeds/sitemap.xml", summaries=summaries)


@blueprint.get("/sitemap-albums-<int(fixed_digits=4):year>-<int(fixed_digits=2):month>.xml")
def albums(year: int, month: int) -> Response:
    """List the page of albums, and the public albums that were made in one month, newest first."""
    page = album_service().public(MAX_ALBUMS, before=_end_of(year, month))
    first_id = _first_id((year, month))
    tiles = [tile for tile in page.tiles if tile.album.album_id >= first_id]
    return _xml("feeds/sitemap_albums.xml", tiles=tiles)


def _months_of_photos() -> list[Month]:
    newest = photo_service().page(PUBLIC_LISTING, 1).summaries
    oldest = photo_service().page(PUBLIC_LISTING, 1, after=_first_id((1970, 1))).summaries
    if oldest and newest:
        return list(_months(_month_of(oldest[0].photo_id), _month_of(newest[0].photo_id)))
    now = datetime.now(UTC)
    return [(now.year, now.month)]


def _months_of_albums() -> list[Month]:
    oldest = album_service().oldest_public()
    newest = album_service().public(1).tiles
    if not (oldest and newest):
        return []
    return list(_months(_month_of(oldest), _month_of(newest[0].album.album_id)))


def _end_of(year: int, month: int) -> str:
    """Return an id after those of a month. Abort with 404 if there is no such month."""
    if not (1970 <= year < 9999 and 1 <= month <= 12):
        abort(404)
    return _first_id(_next((year, month)))


def _months(first: Month, last: Month) -> Iterator[Month]:
    month = first
    while month <= last:
        yield month
        month = _next(month)


def _month_of(ulid: str) -> Month:
    made_at = photo_ids.timestamp_of(ulid)
    return made_at.year, made_at.month


def _next(month: Month) -> Month:
    year, number = month
    return (year, number + 1) if number < 12 else (year + 1, 1)


def _first_id(month: Month) -> str:
    return photo_ids.first_id_at(datetime(*month, 1, tzinfo=UTC))


def _xml(template: str, **context: object) -> Response:
    text = render_template(template, **context)
    return cache_publicly(Response(text, mimetype="application/xml"), HOUR)
