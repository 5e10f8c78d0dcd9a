"""Serve robots.txt (RFC 9309)."""

from flask import Blueprint, Response, render_template

from app.web.caching import HOUR, cache_publicly

blueprint = Blueprint("robots", __name__)


@blueprint.get("/robots.txt")
def show() -> Response:
    """Allow crawlers everything except the login, the search and the pages of one visitor."""
    text = render_template("feeds/robots.txt")
    return cache_publicly(Response(text, mimetype="text/plain"), HOUR)
