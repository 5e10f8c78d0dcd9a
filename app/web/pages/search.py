"""Search the public photos."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import photo_ids
from app.domain.pages import SearchPage
from app.domain.search_terms import SearchQuery
from app.domain.tags import TagCount
from app.domain.unicode_text import normalize_text
from app.web.context import photo_service, tag_service
from app.web.listings.newest_listings import MAX_QUERY
from app.web.pagination import PAGE_SIZE, cursors, is_past_newest
from app.web.rendering.api.listing_json import listing_as_json, tags_as_json
from app.web.rendering.api.negotiation import negotiated
from app.web.rendering.gallery.photo_size import photo_size

MAX_TAGS = 8  # that begin with the words of the query

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def index() -> ResponseReturnValue:
    """Show one page of the photos that match every term of `q`."""
    query_text = normalize_text(request.args.get("q", "")[:MAX_QUERY])
    query = SearchQuery.of(query_text)
    before, after = cursors()
    results = photo_service().search(query, PAGE_SIZE, before=before, after=after)
    if is_past_newest(results.page):
        return redirect(url_for(".index", q=query_text, size=photo_size()))
    is_first = not before and not after
    tags = tag_service().starting_with(query_text, MAX_TAGS) if is_first else ()
    return negotiated(
        lambda: _render(query_text, query, tags, results),
        lambda: _as_json(query_text, tags, results),
    )


def _render(
    query_text: str, query: SearchQuery, tags: Sequence[TagCount], results: SearchPage
) -> str:
    reached = photo_ids.timestamp_of(results.stopped_at) if results.stopped_at else None
    return render_template(
        "search/index.html",
        query_text=query_text,
        query=query,
        tags=tags,
        results=results,
        reached=reached,
    )


def _as_json(query_text: str, tags: Sequence[TagCount], results: SearchPage) -> dict[str, Any]:
    """Return the results. Their number is known if they are all on one page."""
    page = results.page
    count = None if page.older or page.newer else len(page.summaries)
    return listing_as_json(page, count, q=query_text) | {"tags": tags_as_json(tags)}
