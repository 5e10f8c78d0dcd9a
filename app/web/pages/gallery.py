"""Show the gallery: every public photo, newest first."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.object_keys import PUBLIC_LISTING
from app.web.pagination import is_past_newest, read_page
from app.web.rendering.photo_size import photo_size

blueprint = Blueprint("gallery", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show one page of the gallery."""
    page = read_page(PUBLIC_LISTING)
    if is_past_newest(page):
        return redirect(url_for(".index", size=photo_size()))
    return render_template("gallery/index.html", page=page)
