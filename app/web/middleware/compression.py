"""Compress pages, style sheets and scripts where no web server in front of the app does."""

from flask import Flask
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
    Compress(app)
