"""Build the URLs of a photo's objects."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Flask, request, url_for

from app.domain import object_keys
from app.domain.image.rendition_sizes import AVIF, JPEG
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, PhotoSummary
from app.web.context import object_store

# Bytes. A JPEG of 24 megapixels; a slow connection loads more than that for half a minute.
MAX_SHOWN_ORIGINAL = 12_000_000
UNBOUNDED = 10**6  # pixels; wider than any rendition
_PRIVATE = {PhotoState.HIDDEN, PhotoState.PENDING, PhotoState.PRIVATE}


def original_url(photo: Photo) -> str:
    """Return the URL of the original."""
    return _url_of(photo, photo.object_keys[-1])


def rendition_url(photo: Photo | PhotoSummary, width: int, content_type: str = JPEG) -> str:
    """Return the URL of the rendition that is `width` pixels wide."""
    key = object_keys.rendition(photo.photo_id, width, content_type, photo.revision)
    return _url_of(photo, key)


def src(photo: Photo | PhotoSummary, width: int) -> str:
    """Return the URL of the smallest JPEG of at least `width` pixels, or else of the widest."""
    return rendition_url(photo, _smallest(photo.widths, width))


def jpeg_srcset(photo: Photo | PhotoSummary, most: int = UNBOUNDED) -> str:
    """Return the `srcset` for browsers without AVIF: see `srcset`."""
    limit = _smallest(photo.widths, most)
    return _srcset(photo, [(width, JPEG) for width in photo.widths if width <= limit])


def srcset(photo: Photo | PhotoSummary, most: int = UNBOUNDED) -> str:
    """Return the `srcset` for browsers with AVIF: the AVIFs, and the JPEGs that are wider.

    Args:
        photo: The photo. An older one has JPEGs only.
        most: The width of the largest image that the page shows. Wider renditions are left out.
    """
    widest_avif = max(photo.avif_widths, default=0)
    wider = [width for width in photo.widths if width > widest_avif]
    renditions = [(width, AVIF) for width in photo.avif_widths] + [(width, JPEG) for width in wider]
    limit = _smallest([width for width, _ in renditions], most)
    return _srcset(photo, [each for each in renditions if each[0] <= limit])


def full_screen_srcset(photo: Photo) -> str:
    """Return the `srcset` of a photo that fills a screen: the renditions, then the original.

    The original is left out if browsers do not show its format, or if it is heavy.
    """
    renditions = srcset(photo)
    is_shown = photo.content_type in object_keys.BROWSER_CONTENT_TYPES
    is_wider = photo.width > photo.widths[-1]
    if not is_shown or not is_wider or photo.rotation or photo.bytes > MAX_SHOWN_ORIGINAL:
        return renditions
    return f"{renditions}, {original_url(photo)} {photo.width}w"


def photo_path(photo_id: str, listing: str | None = None) -> str:
    """Return the path of a photo's page.

    Args:
        photo_id: The photo.
        listing: The value of the parameter `in`: see `source_listing`.
    """
    query: dict[str, Any] = {"in": listing}  # `in` is a keyword of Python
    return url_for("photos.show", photo_id=photo_id, **query)


def absolute(url: str) -> str:
    """Add this site's scheme and host to a path."""
    return f"{request.scheme}://{request.host}{url}" if url.startswith("/") else url


def _smallest(widths: Sequence[int], at_least: int) -> int:
    """Return the smallest of ascending widths that is large enough, or else the largest."""
    return next((width for width in widths if width >= at_least), widths[-1])


def _srcset(photo: Photo | PhotoSummary, renditions: Iterable[tuple[int, str]]) -> str:
    revision = photo.revision
    folder = _folder_of(photo)
    names = (
        (object_keys.rendition_name(width, content_type, revision), width)
        for width, content_type in renditions
    )
    return ", ".join(f"{folder}{name} {width}w" for name, width in names)


def _folder_of(photo: Photo | PhotoSummary) -> str:
    """Return the part of the URLs that all objects of a photo have."""
    key = object_keys.rendition(photo.photo_id, 0)
    return _url_of(photo, key).removesuffix(object_keys.name_of(key))


def _url_of(photo: Photo | PhotoSummary, key: str) -> str:
    """Return the public URL of an object, or one that checks who asks if the object is private.

    A path includes the prefix below which the site is served.
    """
    if photo.state in _PRIVATE:
        name = key.rpartition("/")[2]
        return url_for("photo_files.show", photo_id=photo.photo_id, name=name)
    url = object_store().url(key)
    return f"{request.root_path}{url}" if url.startswith("/") else url


def init_app(app: Flask) -> None:
    """Add the functions to the template globals."""
    app.jinja_env.globals.update(
        original_url=original_url,
        photo_path=photo_path,
        src=src,
        srcset=srcset,
        full_screen_srcset=full_screen_srcset,
        jpeg_srcset=jpeg_srcset,
    )
