"""Search: the photos that have all the words."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import ids
from app.domain.titles import printable
from app.domain.words import Query
from app.web.gallery import CARDS, cursors
from app.web.site import library

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
    reached = ids.made_at(results.stopped_at) if results.stopped_at else None
    return render_template("search/index.html", typed=typed, query=query, results=results, reached=reached)
