"""Show all tags, and the gallery of one tag."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import object_keys
from app.domain.tags import MAX_TAG, normalize_tag
from app.web.context import photo_service
from app.web.pagination import is_past_newest, read_page

blueprint = Blueprint("tags", __name__, url_prefix="/tags")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show every tag with its number of photos."""
    return render_template("tags/index.html", tags=photo_service().tags())


@blueprint.get("/<tag>")
def show(tag: str) -> ResponseReturnValue:
    """Show one page of the photos with `tag`; redirect to its normalized spelling."""
    normalized = normalize_tag(tag)
    if not normalized:
        return redirect(url_for(".index"))
    require_valid_tag(normalized)
    if normalized != tag:
        return redirect(url_for(".show", tag=normalized))
    page = read_page(object_keys.tag_listing(tag))
    if is_past_newest(page):
        return redirect(url_for(".show", tag=tag))
    return render_template("tags/show.html", tag=tag, page=page)


def require_valid_tag(tag: str) -> None:
    """Answer 404 for a tag that is longer than any: DynamoDB would refuse so long a key."""
    if len(tag) > MAX_TAG:
        abort(404)
