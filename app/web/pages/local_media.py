"""Serve the photos of the local backend; S3 serves those of the AWS backend."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory
from werkzeug.exceptions import NotFound, RequestedRangeNotSatisfiable

from app.domain import object_keys
from app.web.file_ranges import make_conditional, send_range
from app.web.middleware import media_files


def blueprint(objects: Path, max_age: int) -> Blueprint:
    """Return a blueprint that serves the public prefix of the folder `objects` and nothing else.

    `app.web.middleware.media_files` answers most requests before Flask gets them.

    Args:
        objects: The folder of the object store.
        max_age: Seconds for which caches may keep an object.
    """
    media = Blueprint("local_media", __name__)
    # Flask resolves a relative folder against the package of the app.
    public = (objects / object_keys.PUBLIC_PREFIX).absolute()

    @media.get(media_files.URL_RULE)
    def file(partition: str, photo_id: str, name: str) -> Response:
        path = f"{partition}/{photo_id}/{name}"
        content_type = object_keys.CONTENT_TYPES.get(name.rpartition(".")[2])
        try:
            response = send_from_directory(
                public, path, mimetype=content_type, conditional=False, etag=False
            )
            positions = _make_conditional(response)
            if positions:
                send_range(response, public / path, positions)
        except FileNotFoundError as error:  # it was deleted a moment ago
            raise NotFound from error
        response.headers.update(media_files.headers_of(object_keys.PUBLIC_PREFIX + path, max_age))
        return response

    return media


def _make_conditional(response: Response) -> range | None:
    """Answer 304, or a range, if the request asks for it."""
    size = response.content_length or 0
    modified_at = response.last_modified
    if modified_at is not None:
        response.set_etag(media_files.etag_of(modified_at.timestamp(), size))
    try:
        return make_conditional(response, size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
