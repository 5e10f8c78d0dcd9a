"""Pages, styles and scripts go out compressed where no web server in front does that."""

from flask import Flask
from flask_compress import Compress

TEXT = (
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
    """Compress what whoever asked can read compressed: nginx, which compresses by itself, does not ask for it."""
    app.config.update(
        COMPRESS_MIMETYPES=list(TEXT),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=False,  # streams are photos
        COMPRESS_MIN_SIZE=512,
    )
    Compress(app)
