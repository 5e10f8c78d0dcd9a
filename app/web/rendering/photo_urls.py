"""Build the URLs of a photo's objects."""

from urllib.parse import urljoin

from flask import Flask, request, url_for

from app.domain import object_keys
from app.domain.photo import Photo, PhotoState, PhotoSummary
from app.web.context import object_store


def original_url(photo: Photo) -> str:
    """Return the URL of the original."""
    return _url_of(photo, object_keys.original(photo.photo_id, photo.content_type))


def rendition_url(photo: Photo | PhotoSummary, width: int) -> str:
    """Return the URL of the rendition that is `width` pixels wide."""
    return _url_of(photo, object_keys.rendition(photo.photo_id, width))


def absolute(url: str) -> str:
    """Add this site's scheme and host to a URL that has none."""
    return urljoin(request.host_url, url)


def _url_of(photo: Photo | PhotoSummary, key: str) -> str:
    """Return the public URL of an object, or one that checks who asks if the photo is hidden.

    A path includes the prefix below which the site is served.
    """
    if photo.state is PhotoState.HIDDEN:
        name = key.rpartition("/")[2]
        return url_for("photo_files.show", photo_id=photo.photo_id, name=name)
    url = object_store().url(key)
    return f"{request.root_path}{url}" if url.startswith("/") else url


def init_app(app: Flask) -> None:
    """Add the functions to the template globals."""
    app.jinja_env.globals.update(original_url=original_url, rendition_url=rendition_url)
