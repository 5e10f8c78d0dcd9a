"""Send the photos of a private bucket, or redirect to signed URLs of them.

The addresses are stable in both cases, so pages, feeds and link previews may name them for ever.
"""

import re
from dataclasses import replace

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, RequestedRangeNotSatisfiable
from werkzeug.http import unquote_etag

from app.domain import object_keys, photo_ids
from app.domain.errors import ObjectNotFound
from app.services.media.source import MediaFile, MediaSource, UnsatisfiableRange
from app.web.file_ranges import single_range
from app.web.middleware import media_files
from app.web.pages.media.large_files import LargeFiles

_NAME = re.compile(r"[a-z0-9-]{1,30}\.[a-z0-9]{1,5}", re.ASCII)
_ETAG = re.compile(r'(?:W/)?("[!#-~]{1,128}")', re.ASCII)  # one of them, as browsers send


def redirecting(media: MediaSource) -> Blueprint:
    """Return a blueprint that redirects to signed URLs of the objects under `photos/`."""
    pages = Blueprint("store_media", __name__)

    @pages.get(media_files.URL_RULE)
    def file(partition: str, photo_id: str, name: str) -> ResponseReturnValue:
        key = _key_of(partition, photo_id, name)
        signed = media.signed_url(key, head=request.method == "HEAD")
        response = redirect(signed.url)
        # A page that is open loads more photos later.
        response.headers["Cache-Control"] = f"public, max-age={signed.valid_seconds // 2}"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return pages


def sending(media: MediaSource, max_age: int) -> Blueprint:
    """Return a blueprint that sends the objects under `photos/`.

    Args:
        media: The bucket.
        max_age: Seconds for which caches may keep an object.
    """
    pages = Blueprint("store_media", __name__)
    large_files = LargeFiles()

    @pages.get(media_files.URL_RULE)
    def file(partition: str, photo_id: str, name: str) -> ResponseReturnValue:
        key = _key_of(partition, photo_id, name)
        response = _response(_read(media, key), large_files)
        response.content_type = object_keys.content_type_of(key)
        response.accept_ranges = "bytes"
        response.headers.update(media_files.headers_of(key, max_age))
        return response

    return pages


def _key_of(partition: str, photo_id: str, name: str) -> str:
    """Return the key of an image. Raises NotFound for every other path."""
    is_of_photo = photo_ids.is_photo_id(photo_id) and partition == object_keys.partition(photo_id)
    is_image = name.rpartition(".")[2] in object_keys.CONTENT_TYPES and not name.endswith(".json")
    if not (is_of_photo and _NAME.fullmatch(name) and is_image):
        raise NotFound
    return object_keys.named(photo_id, name, object_keys.PUBLIC_PREFIX)


def _read(media: MediaSource, key: str) -> MediaFile:
    """Read the object or the range that the request asks for.

    Raises:
        NotFound: There is no such object.
        RequestedRangeNotSatisfiable: The range begins beyond its end.
    """
    known = _ETAG.fullmatch(request.headers.get("If-None-Match", ""))
    try:
        file = media.read(key, byte_range=single_range(), known_etag=known[1] if known else None)
    except ObjectNotFound as error:
        raise NotFound from error
    except UnsatisfiableRange as error:
        raise RequestedRangeNotSatisfiable(error.size) from error
    return _unless_known(file)


def _unless_known(file: MediaFile) -> MediaFile:
    """Return the file without its body if the browser has it, by a list of tags or by `*`.

    Stores parse these differently.
    """
    etag, _is_weak = unquote_etag(file.etag)
    if file.body is None or not etag or not request.if_none_match.contains_weak(etag):
        return file
    file.body.close()
    return replace(file, body=None)


def _response(file: MediaFile, large_files: LargeFiles) -> Response:
    response = Response(status=304 if file.body is None else 206 if file.content_range else 200)
    if file.body is not None:
        response.content_length = file.size
        response.last_modified = file.modified_at
        if request.method == "HEAD":
            file.body.close()
        else:
            large_files.send(response, file.body, file.size)
    if file.content_range:
        response.headers["Content-Range"] = file.content_range
    if file.etag:
        response.headers["ETag"] = file.etag
    return response
