"""Let nginx cache pages and their JSON briefly, for visitors without cookies.

nginx reads the header X-Accel-Expires and removes it. deploy/nginx/site.conf configures the cache.
"""

from collections.abc import Collection

from flask import Flask, Response, request

SECONDS = 1  # nginx counts whole seconds, so it may keep a page for one more second
_PAGES = frozenset(
    {
        *("albums.index", "albums.show", "archive.month", "archive.undated", "archive.year"),
        *("gallery.index", "photos.show", "search.index", "tags.index", "tags.show"),
    }
)
# A page for one of these visitors may contain more.
_IDENTIFYING_HEADERS = ("Cookie", "Authorization")


def init_app(app: Flask, proxy_headers: Collection[str], user_header: str) -> None:
    """Set the header on pages that are the same for all visitors without cookies.

    Args:
        app: The app.
        proxy_headers: The setting PROXY_HEADERS. nginx before 1.23 sees only the first of several
            headers with one name, so it cannot tell pages with another port or prefix apart.
        user_header: The setting REMOTE_USER_HEADER. nginx cannot tell which visitors have a name.
    """
    if user_header:
        return
    forwarded_headers = [f"X-Forwarded-{name}" for name in proxy_headers if name != "host"]
    own_page_headers = (*_IDENTIFYING_HEADERS, *forwarded_headers)

    @app.after_request
    def allow_caching(response: Response) -> Response:
        is_page = request.endpoint in _PAGES and response.status_code == 200
        if is_page and not any(name in request.headers for name in own_page_headers):
            response.headers["X-Accel-Expires"] = str(SECONDS)
        return response
