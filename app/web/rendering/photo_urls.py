"""Build the URLs of a photo's objects."""

from urllib.parse import urljoin

from flask import Flask, request

from app.domain import object_keys
from app.domain.photo import Photo, PhotoSummary
from app.web.context import object_store


def original_url(photo: Photo) -> str:
    """Return the URL of the original."""
    return _url_of(object_keys.original(photo.photo_id, photo.content_type))


def rendition_url(photo: Photo | PhotoSummary, width: int) -> str:
    """Return the URL of the rendition that is `width` pixels wide."""
    return _url_of(object_keys.rendition(photo.photo_id, width))


def absolute(url: str) -> str:
    """Add this site's scheme and host to a URL that has none."""
    return urljoin(request.host_url, url)


def _url_of(key: str) -> str:
    """Return the URL of an object; a path includes the prefix below which the site is served."""
    url = object_store().url(key)
    return f"{request.root_path}{url}" if url.startswith("/") else url


def init_app(app: Flask) -> None:
    """Add the functions to the template globals."""
    app.jinja_env.globals.update(original_url=original_url, rendition_url=rendition_url)
