"""oEmbed (https://oembed.com): how another site shows one of our photos where somebody pastes its address."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from app.domain.photo import Photo
from app.web.context import app_context, photo_service
from app.web.rendering.link_previews import HOUR, LinkedRendition, cache_publicly

UNBOUNDED = 10**6  # pixels: no rendition has more

blueprint = Blueprint("oembed", __name__)


@blueprint.get("/oembed")
def show() -> ResponseReturnValue:
    """The photo at `url` as JSON: 404 for every other address, 501 for another `format`."""
    if request.args.get("format", "json") != "json":
        return Response(f"{_('This site answers in JSON.')}\n", 501, mimetype="text/plain")
    if not request.args.get("url"):
        abort(400)
    photo = photo_service().get(_photo_id(request.args["url"]))
    return cache_publicly(jsonify(_photo(photo, _bound("maxwidth"), _bound("maxheight"))), HOUR)


def _photo_id(url: str) -> str:
    """The id in the address of one of this site's photo pages."""
    try:
        parts = urlsplit(url)
        routes = current_app.url_map.bind(request.host, script_name=request.root_path)
        endpoint, values = routes.match(parts.path.removeprefix(request.root_path), method="GET")
    except (ValueError, HTTPException):
        abort(404)
    if (
        parts.scheme not in {"http", "https"}
        or parts.netloc != request.host
        or endpoint != "photos.show"
    ):
        abort(404)
    return str(values["photo_id"])


def _bound(name: str) -> int:
    text = request.args.get(name, "")
    if text and not (text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text)):
        abort(400)
    return int(text or UNBOUNDED)


def _photo(photo: Photo, max_width: int, max_height: int) -> dict[str, Any]:
    shown, small = (
        _largest_fitting_rendition(photo, max_width, max_height),
        LinkedRendition.of(photo, min(photo.widths)),
    )
    answer = {
        "version": "1.0",
        "type": "photo",
        "title": photo.title,
        "provider_name": app_context().config.site_title,
        "provider_url": url_for("gallery.index", _external=True),
        "cache_age": HOUR,
        "url": shown.url,
        "width": shown.width,
        "height": shown.height,
    }
    if small.width <= max_width and small.height <= max_height:
        answer |= {
            "thumbnail_url": small.url,
            "thumbnail_width": small.width,
            "thumbnail_height": small.height,
        }
    return answer


def _largest_fitting_rendition(photo: Photo, max_width: int, max_height: int) -> LinkedRendition:
    """The widest rendition within the bounds; where none is that small, the smallest, to be shown within them."""
    renditions = [LinkedRendition.of(photo, width) for width in sorted(photo.widths)]
    fitting = [it for it in renditions if it.width <= max_width and it.height <= max_height]
    if fitting:
        return fitting[-1]
    small = renditions[0]
    scale = min(max_width / small.width, max_height / small.height)
    return LinkedRendition(
        small.url, max(1, int(small.width * scale)), max(1, int(small.height * scale))
    )
