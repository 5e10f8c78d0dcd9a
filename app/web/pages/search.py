"""Search: the photos that have all the words."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import photo_ids
from app.domain.photo_text import printable
from app.domain.search_terms import Query
from app.web.context import library
from app.web.pages.gallery import CARDS, cursors

MAX_TYPED = 200  # characters of a search that are looked at

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def index() -> ResponseReturnValue:
    """One page of the photos with every word of `q`."""
    typed = printable(request.args.get("q", "")[:MAX_TYPED])
    query = Query.of(typed)
    before, after = cursors()
    results = library().search(query, CARDS, before=before, after=after)
    if after and not results.page.newer:
        return redirect(url_for(".index", q=typed))
    reached = photo_ids.made_at(results.stopped_at) if results.stopped_at else None
    return render_template("search/index.html", typed=typed, query=query, results=results, reached=reached)
