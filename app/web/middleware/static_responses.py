"""Cache the compressed responses for static files, so that Flask creates each of them only once.

Conditional requests, ranges, requests with access tokens, files of other versions and errors go to
the Flask route in `app.web.rendering.static_files`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response
from werkzeug.wsgi import get_host

from app.web.middleware.plain_requests import is_plain
from app.web.middleware.trusted_hosts import HostRules

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENDPOINT = "static.file"
MAX_RESPONSES = 128  # browsers send a few different Accept-Encodings
_MAX_ACCEPT_ENCODING = 100  # characters

_Key = tuple[str, str, str]  # the parts of a plain request that a response depends on


class StaticResponses:
    """WSGI middleware that caches responses for static files of the current version.

    Args:
        app: The WSGI app, with the Flask route.
        prefix: The beginning of their paths.
        rules: The hosts that the site is served under.
    """

    def __init__(self, app: "WSGIApplication", prefix: str, rules: HostRules) -> None:
        self._app = app
        self._prefix = prefix
        self._rules = rules
        self._kept: dict[_Key, Response] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Send the cached response, or let Flask answer the request."""
        key = self._key_of(environ)
        if key is None:
            return self._app(environ, start_response)
        response = self._kept.get(key) or self._respond(key, environ)
        return response(environ, start_response)

    def _key_of(self, environ: "WSGIEnvironment") -> _Key | None:
        path = environ.get("PATH_INFO", "")
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        is_kept = path.startswith(self._prefix) and len(accepted) <= _MAX_ACCEPT_ENCODING
        is_get = environ["REQUEST_METHOD"] == "GET" and is_plain(environ)
        if is_kept and is_get and self._rules.allows(get_host(environ), ENDPOINT):
            return path, accepted, environ["wsgi.url_scheme"]
        return None

    def _respond(self, key: _Key, environ: "WSGIEnvironment") -> Response:
        """Return Flask's response, and cache it if it is a file."""
        response = Response.from_app(self._app, environ, buffered=True)
        if response.status_code == 200 and "Set-Cookie" not in response.headers:
            response.headers.remove("Date")  # the server adds the current date
            response.headers.remove("Expires")  # it would be outdated; Cache-Control says the same
            if len(self._kept) >= MAX_RESPONSES:
                self._kept.clear()
            self._kept[key] = response
        return response
