"""Serve oEmbed (https://oembed.com), by which other sites embed our photos."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.domain.photo import Photo
from app.web.caching import HOUR, cache_publicly
from app.web.context import app_context, photo_service
from app.web.rendering.i18n import gettext as _
from app.web.rendering.link_previews import LinkedRendition
from app.web.rendering.photo_credit import author_of
from app.web.rendering.photo_names import photo_name

UNBOUNDED = 10**6  # pixels; wider and higher than any rendition
MAX_WIDTH = 2048  # pixels, unless the other site names a limit

blueprint = Blueprint("oembed", __name__)


@blueprint.get("/oembed")
def show() -> ResponseReturnValue:
    """Describe the photo at `url`: 404 for any other address, 501 for a format other than JSON."""
    if request.args.get("format", "json") != "json":
        return Response(f"{_('This site answers in JSON.')}\n", 501, mimetype="text/plain")
    if not request.args.get("url"):
        abort(400)
    photo = photo_service().get_public(_photo_id(request.args["url"]))
    response = jsonify(_describe(photo, _pixels("maxwidth", MAX_WIDTH), _pixels("maxheight")))
    return cache_publicly(response, HOUR)


def _photo_id(url: str) -> str:
    """Return the id in the URL of one of this site's photo pages; answer 404 for another URL."""
    try:
        parts = urlsplit(url)
        routes = current_app.url_map.bind(request.host, script_name=request.root_path)
        path = parts.path.removeprefix(request.root_path)
        endpoint, values = routes.match(path, method="GET")
    except (ValueError, HTTPException):
        abort(404)
    is_our_host = parts.scheme in {"http", "https"} and parts.netloc == request.host
    is_ours = is_our_host and parts.path.startswith(f"{request.root_path}/")
    if not is_ours or endpoint != "photos.show":
        abort(404)
    return str(values["photo_id"])


def _pixels(name: str, default: int = UNBOUNDED) -> int:
    """Return a size limit from the URL; answer 400 for one that is not a positive number."""
    text = request.args.get(name, "")
    if not text:
        return default
    is_number = text.isascii() and text.isdigit() and len(text) < 7
    if not is_number or int(text) == 0:
        abort(400)
    return int(text)


def _describe(photo: Photo, max_width: int, max_height: int) -> dict[str, Any]:
    image = _largest_fitting_rendition(photo, max_width, max_height)
    thumbnail = LinkedRendition.of(photo, min(photo.widths))
    author = author_of(photo.credit) or photo.contributor_name
    description = {
        "version": "1.0",
        "type": "photo",
        "title": photo_name(photo),
        "provider_name": app_context().config.site_title,
        "provider_url": url_for("gallery.index", _external=True),
        "cache_age": HOUR,
        "url": image.url,
        "width": image.width,
        "height": image.height,
    }
    if author:
        description["author_name"] = author
    if thumbnail.width <= max_width and thumbnail.height <= max_height:
        description |= {
            "thumbnail_url": thumbnail.url,
            "thumbnail_width": thumbnail.width,
            "thumbnail_height": thumbnail.height,
        }
    return description


def _largest_fitting_rendition(photo: Photo, max_width: int, max_height: int) -> LinkedRendition:
    """Return the largest rendition within the limits, or the smallest with its size reduced."""
    renditions = [LinkedRendition.of(photo, width) for width in sorted(photo.widths)]
    fitting = [it for it in renditions if it.width <= max_width and it.height <= max_height]
    if fitting:
        return fitting[-1]
    smallest = renditions[0]
    scale = min(max_width / smallest.width, max_height / smallest.height)
    width = max(1, int(smallest.width * scale))
    height = max(1, int(smallest.height * scale))
    return LinkedRendition(smallest.url, width, height)
