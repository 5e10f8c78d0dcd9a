"""The sitemap (https://www.sitemaps.org/protocol.html): an index of months, and a map of each month's photos.

Ids sort by time, so a month is a range of them and no map is more than one read, however many photos there are.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, render_template

from app.domain import object_keys, photo_ids
from app.web.context import photo_service
from app.web.rendering.link_previews import HOUR, cache_publicly

MOST = 1000  # photos of a month that its map names, the newest; pages lead to the others

blueprint = Blueprint("sitemap", __name__)


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """Every month from the oldest photo to the newest, by two reads."""
    newest = photo_service().page(object_keys.PUBLIC_LISTING, 1).summaries
    oldest = photo_service().page(object_keys.PUBLIC_LISTING, 1, after=_first_id(1970, 1)).summaries
    months = _months(oldest[0].photo_id, newest[0].photo_id) if oldest and newest else ()
    return _xml("feeds/sitemap_index.xml", months=list(months) or [_month(datetime.now(UTC))])


@blueprint.get("/sitemap-<int(fixed_digits=4):year>-<int(fixed_digits=2):month>.xml")
def show(year: int, month: int) -> Response:
    """The gallery and the photos of one month, newest first."""
    if not (1970 <= year < 9999 and 1 <= month <= 12):
        abort(404)
    summaries = (
        photo_service()
        .page(object_keys.PUBLIC_LISTING, MOST, before=_first_id(*_next(year, month)))
        .summaries
    )
    start = _first_id(year, month)
    return _xml(
        "feeds/sitemap.xml",
        summaries=[summary for summary in summaries if summary.photo_id >= start],
    )


def _months(oldest: str, newest: str) -> Iterator[tuple[int, int]]:
    month, last = _month(photo_ids.timestamp_of(oldest)), _month(photo_ids.timestamp_of(newest))
    while month <= last:
        yield month
        month = _next(*month)


def _month(moment: datetime) -> tuple[int, int]:
    return moment.year, moment.month


def _next(year: int, month: int) -> tuple[int, int]:
    return (year, month + 1) if month < 12 else (year + 1, 1)


def _first_id(year: int, month: int) -> str:
    return photo_ids.first_id_at(datetime(year, month, 1, tzinfo=UTC))


def _xml(template: str, **facts: object) -> Response:
    return cache_publicly(
        Response(render_template(template, **facts), mimetype="application/xml"), HOUR
    )
