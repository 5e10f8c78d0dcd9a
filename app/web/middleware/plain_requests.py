"""Recognize GET and HEAD requests without conditions, ranges and access tokens."""

from typing import TYPE_CHECKING

from app.web.auth.principals.headers import TOKEN

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
# Flask checks the token. A proxy may let every request with one pass without a sign-in.
_OF_FLASK = (*_CONDITIONS, TOKEN)


def is_plain(environ: "WSGIEnvironment") -> bool:
    """Return whether the request is a GET or HEAD without conditions, ranges and tokens."""
    is_read = environ["REQUEST_METHOD"] in ("GET", "HEAD")
    return is_read and not any(name in environ for name in _OF_FLASK)
