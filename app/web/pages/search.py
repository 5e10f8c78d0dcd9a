"""Search the public photos."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import photo_ids
from app.domain.search_terms import SearchQuery
from app.domain.unicode_text import normalize_text
from app.web.context import photo_service, tag_service
from app.web.listings.source_listing import MAX_QUERY
from app.web.pagination import PAGE_SIZE, cursors, is_past_newest
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
    reached = photo_ids.timestamp_of(results.stopped_at) if results.stopped_at else None
    return render_template(
        "search/index.html",
        query_text=query_text,
        query=query,
        tags=tags,
        results=results,
        reached=reached,
    )
