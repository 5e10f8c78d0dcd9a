"""Let nginx keep pages for a moment, for visitors who have no cookie yet.

nginx reads the header X-Accel-Expires and removes it. deploy/nginx/site.conf has the cache.
"""

from flask import Flask, Response, request

SECONDS = 2  # a visitor without cookies sees a change this much later
_PAGES = frozenset({"gallery.index", "photos.show", "search.index", "tags.index", "tags.show"})


def init_app(app: Flask) -> None:
    """Set the header on pages that are the same for all visitors without cookies."""
    app.after_request(_allow_caching)


def _allow_caching(response: Response) -> Response:
    if request.endpoint in _PAGES and response.status_code == 200 and _is_anonymous():
        response.headers["X-Accel-Expires"] = str(SECONDS)
    return response


def _is_anonymous() -> bool:
    return "Cookie" not in request.headers and "Authorization" not in request.headers
