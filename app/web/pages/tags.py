"""Tags: all of them, and the gallery of one."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys
from app.domain.tags import MAX_TAG, fold
from app.web.context import library
from app.web.pages.gallery import page_of

blueprint = Blueprint("tags", __name__, url_prefix="/tags")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Every tag with its number of photos."""
    return render_template("tags/index.html", tags=library().tags())


@blueprint.get("/<tag>")
def show(tag: str) -> ResponseReturnValue:
    """One page of the photos that carry `tag`."""
    if fold(tag) != tag:
        return redirect(url_for(".show", tag=fold(tag)) if fold(tag) else url_for(".index"))
    require_possible(tag)
    page = page_of(object_keys.tag_feed(tag))
    return render_template("tags/show.html", tag=tag, page=page) if page else redirect(url_for(".show", tag=tag))


def require_possible(tag: str) -> None:
    """Answer 404 for what no photo can carry: a storage takes names of so many bytes and calls longer ones an error."""
    if len(tag) > MAX_TAG:
        abort(404)
