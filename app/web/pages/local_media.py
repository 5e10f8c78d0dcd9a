"""The embedded home's photos, served by the app itself."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from app.domain import object_keys
from app.web.rendering.static_files import YEAR

PREFIX = "/media"


def blueprint(objects: Path) -> Blueprint:
    """Serve the public prefix of the folder `objects`, and nothing else of it."""
    media = Blueprint("local_media", __name__)
    public = (
        objects / object_keys.PUBLIC_PREFIX
    ).absolute()  # Flask would look for a relative one beside its own code

    @media.get(f"{PREFIX}/{object_keys.PUBLIC_PREFIX}<photo_id>/<name>")
    def file(photo_id: str, name: str) -> Response:
        key = f"{photo_id}/{name}"
        content_type = object_keys.CONTENT_TYPES.get(name.rpartition(".")[2])
        response = send_from_directory(public, key, mimetype=content_type, max_age=YEAR)
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.headers["Content-Disposition"] = object_keys.content_disposition(
            object_keys.PUBLIC_PREFIX + key
        )
        response.headers["Cross-Origin-Resource-Policy"] = (
            "cross-origin"  # other sites may show a public photo
        )
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; sandbox"  # an image has nothing to run
        )
        return response

    return media
