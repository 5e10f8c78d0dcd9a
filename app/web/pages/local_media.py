"""Serve the photos of the local backend; S3 serves those of the AWS backend."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory
from werkzeug.exceptions import NotFound

from app.domain import object_keys
from app.web.file_ranges import send_range

PREFIX = "/media"


def blueprint(objects: Path, max_age: int) -> Blueprint:
    """Return a blueprint that serves the public prefix of the folder `objects` and nothing else.

    Args:
        objects: The folder of the object store.
        max_age: Seconds for which caches may keep an object.
    """
    media = Blueprint("local_media", __name__)
    # Flask resolves a relative folder against the package of the app.
    public = (objects / object_keys.PUBLIC_PREFIX).absolute()

    @media.get(f"{PREFIX}/{object_keys.PUBLIC_PREFIX}<photo_id>/<name>")
    def file(photo_id: str, name: str) -> Response:
        path = f"{photo_id}/{name}"
        content_type = object_keys.CONTENT_TYPES.get(name.rpartition(".")[2])
        try:
            response = send_from_directory(public, path, mimetype=content_type, max_age=max_age)
            if response.status_code == 206:
                send_range(response, public / path)
        except FileNotFoundError as error:  # it was deleted a moment ago
            raise NotFound from error
        response.cache_control.public = True
        response.cache_control.immutable = max_age == object_keys.MAX_AGE
        response.headers.update(_headers(object_keys.PUBLIC_PREFIX + path))
        return response

    return media


def _headers(key: str) -> dict[str, str]:
    return {
        "Content-Disposition": object_keys.content_disposition(key),
        "Cross-Origin-Resource-Policy": "cross-origin",  # other sites may embed public photos
        "Content-Security-Policy": "default-src 'none'; sandbox",  # an image runs no script
    }
