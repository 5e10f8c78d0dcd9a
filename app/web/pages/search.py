"""Search: the photos that have all the words."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import photo_ids
from app.domain.photo_text import normalize_text
from app.domain.search_terms import SearchQuery
from app.web.context import photo_service
from app.web.pages.gallery import PAGE_SIZE, cursors

MAX_TYPED = 200  # characters of a search that are looked at

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def index() -> ResponseReturnValue:
    """One page of the photos with every word of `q`."""
    query_text = normalize_text(request.args.get("q", "")[:MAX_TYPED])
    query = SearchQuery.of(query_text)
    before, after = cursors()
    results = photo_service().search(query, PAGE_SIZE, before=before, after=after)
    if after and not results.page.newer:
        return redirect(url_for(".index", q=query_text))
    reached = photo_ids.timestamp_of(results.stopped_at) if results.stopped_at else None
    return render_template(
        "search/index.html", query_text=query_text, query=query, results=results, reached=reached
    )
