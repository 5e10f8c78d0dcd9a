"""Compress pages, style sheets and scripts where no web server in front of the app does."""

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
    """Compress for clients that accept it; nginx compresses itself and does not ask the app to."""
    app.config.update(
        COMPRESS_MIMETYPES=list(COMPRESSED_TYPES),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=False,  # only photos are streamed
        COMPRESS_MIN_SIZE=512,  # bytes
    )
    app.after_request(_vary_only_where_compressed)  # runs after that of Compress
    Compress(app)


def _vary_only_where_compressed(response: Response) -> Response:
    """Let nginx keep one page for all encodings: it compresses the page, and adds this Vary."""
    if "Accept-Encoding" not in request.headers:
        response.vary.discard("accept-encoding")  # Werkzeug removes only lower-case names
    return response
