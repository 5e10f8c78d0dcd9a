"""Tags: all of them, and the gallery of one."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys
from app.domain.tags import MAX_TAG, normalize_tag
from app.web.context import photo_service
from app.web.pages.gallery import requested_page

blueprint = Blueprint("tags", __name__, url_prefix="/tags")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Every tag with its number of photos."""
    return render_template("tags/index.html", tags=photo_service().tags())


@blueprint.get("/<tag>")
def show(tag: str) -> ResponseReturnValue:
    """One page of the photos that carry `tag`."""
    if normalize_tag(tag) != tag:
        return redirect(
            url_for(".show", tag=normalize_tag(tag)) if normalize_tag(tag) else url_for(".index")
        )
    require_valid_tag(tag)
    page = requested_page(object_keys.tag_listing(tag))
    return (
        render_template("tags/show.html", tag=tag, page=page)
        if page
        else redirect(url_for(".show", tag=tag))
    )


def require_valid_tag(tag: str) -> None:
    """Answer 404 for what no photo can carry: a storage takes names of so many bytes and calls longer ones an error."""
    if len(tag) > MAX_TAG:
        abort(404)
