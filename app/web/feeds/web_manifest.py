"""Serve the web app manifest (https://www.w3.org/TR/appmanifest/)."""

from flask import Blueprint, Response, render_template

from app.web.caching import HOUR, cache_publicly

blueprint = Blueprint("web_manifest", __name__)


@blueprint.get("/manifest.webmanifest")
def show() -> Response:
    """Describe the site as an app that can be installed."""
    text = render_template("feeds/manifest.webmanifest")
    return cache_publicly(Response(text, mimetype="application/manifest+json"), HOUR)
