"""Percent-encode the bytes of a query string that are not valid in a URL.

RFC 3986 allows only ASCII characters, and browsers send no others. Web servers pass other bytes on,
and Werkzeug fails to decode those that are not UTF-8.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


class QueryStringEncoder:
    """WSGI middleware that leaves only ASCII characters in the query string."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request."""
        environ["QUERY_STRING"] = _encode(environ.get("QUERY_STRING", ""))
        return self._app(environ, start_response)


def _encode(query: str) -> str:
    """Encode every byte beyond ASCII; WSGI presents bytes as Latin-1 characters (PEP 3333)."""
    return _NOT_ASCII.sub(lambda match: f"%{ord(match[0]):02X}", query)
