"""Recognize GET and HEAD requests without conditions and ranges."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_CONDITIONS = (
    "HTTP_RANGE",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_RANGE",
    "HTTP_IF_UNMODIFIED_SINCE",
)


def is_plain(environ: "WSGIEnvironment") -> bool:
    """Return whether the request is a GET or HEAD without conditions and ranges."""
    is_read = environ["REQUEST_METHOD"] in ("GET", "HEAD")
    return is_read and not any(name in environ for name in _CONDITIONS)
