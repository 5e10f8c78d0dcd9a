"""Serve the objects of hidden, pending and private photos to those who may see the photos.

The objects of public and unlisted photos have public URLs of their own.
"""

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from app.domain import object_keys
from app.domain.errors import ObjectNotFound, PhotoNotFound
from app.web.auth import access
from app.web.context import photo_service

blueprint = Blueprint("photo_files", __name__, url_prefix="/photos/<photo_id>/files")


@blueprint.get("/<name>")
def show(photo_id: str, name: str) -> ResponseReturnValue:
    """Return one object of a photo without public objects: `320.jpg`, `original.png`."""
    photo = photo_service().get(photo_id)
    access.require_see(photo)
    key = object_keys.named(photo_id, name, object_keys.PUBLIC_PREFIX)
    if photo.state.has_public_objects or key not in photo.object_keys:
        raise PhotoNotFound(photo_id)
    try:
        file = photo_service().open_object(photo, key)
    except ObjectNotFound as error:
        raise PhotoNotFound(photo_id) from error
    response = send_file(file, mimetype=object_keys.content_type_of(key), conditional=False)
    response.headers["Content-Disposition"] = object_keys.content_disposition(key)
    response.headers["Cache-Control"] = "private, no-store"
    return response
