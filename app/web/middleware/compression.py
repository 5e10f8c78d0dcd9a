"""Compress pages, style sheets and scripts unless a web server in front of the app does."""

from functools import lru_cache

import brotli
from flask import Flask, Response, request
from flask_compress import Compress

COMPRESSED_TYPES = (
    "text/html",
    "text/css",
    "text/javascript",
    "text/plain",
    "application/json",
    "application/manifest+json",
    "application/xml",
    "application/atom+xml",
    "image/svg+xml",
)


def init_app(app: Flask) -> None:
    """Compress for clients that accept it. nginx compresses itself, and does not ask the app to."""
    app.config.update(
        COMPRESS_MIMETYPES=list(COMPRESSED_TYPES),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=False,  # only photos are streamed
        COMPRESS_MIN_SIZE=512,  # bytes
    )
    app.after_request(_vary_only_where_compressed)  # runs after that of Compress
    Compress(app)


def compress_file(response: Response) -> None:
    """Compress a file at Brotli's best level, if the client prefers Brotli.

    This saves a sixth of the bytes compared with the level for pages. It takes 20 ms for 10 kB,
    once.
    """
    is_text = response.mimetype in COMPRESSED_TYPES and response.status_code == 200
    is_preferred = request.accept_encodings.best_match(["br", "gzip"]) == "br"
    if not (is_text and is_preferred):
        return
    response.set_data(_compress(response.get_data()))
    response.content_encoding = "br"  # Flask-Compress leaves it alone
    etag, _ = response.get_etag()
    response.set_etag(f"{etag}:br")


@lru_cache(maxsize=128)  # there are fewer files
def _compress(body: bytes) -> bytes:
    compressed: bytes = brotli.compress(body)
    return compressed


def _vary_only_where_compressed(response: Response) -> Response:
    """Let nginx keep one page for all encodings: it compresses the page, and adds this Vary."""
    if "Accept-Encoding" not in request.headers:
        response.vary.discard("accept-encoding")  # Werkzeug removes only lower-case names
    return response
