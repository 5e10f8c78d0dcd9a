"""Send the photos of the local backend without Flask, which takes most of the CPU time.

This middleware answers plain requests for existing files. Conditional requests, ranges, requests
with access tokens and everything that fails go to the Flask route in `app.web.pages.local_media`.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from werkzeug.http import http_date
from werkzeug.wsgi import get_host, wrap_file

from app.domain import object_keys
from app.web.middleware.plain_requests import is_plain
from app.web.middleware.security_headers import TLS_HEADERS
from app.web.middleware.trusted_hosts import HostRules

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/media"
URL_RULE = f"{PREFIX}/{object_keys.PUBLIC_PREFIX}<partition>/<photo_id>/<name>"
ENDPOINT = "local_media.file"

_NAME = r"[a-z0-9]{1,20}(?:-[0-9]{1,16})?\.[a-z0-9]{1,5}"
_KEY = rf"photos/[0-9A-Z]/[0-9A-Z]{{26}}/{_NAME}"
_PATH = re.compile(rf"{re.escape(PREFIX)}/(?P<key>{_KEY})", re.ASCII)


def headers_of(key: str, max_age: int) -> dict[str, str]:
    """Return the headers of a public object besides those that depend on its file.

    Args:
        key: The key of the object.
        max_age: Seconds for which caches may keep it.
    """
    return {
        "Cache-Control": object_keys.cache_control(key, max_age),
        "Content-Disposition": object_keys.content_disposition(key),
        "Cross-Origin-Resource-Policy": "cross-origin",  # other sites may embed public photos
        "Content-Security-Policy": "default-src 'none'; sandbox",  # an image runs no script
    }


def etag_of(modified_at: float, size: int) -> str:
    """Return the entity tag of a file.

    Args:
        modified_at: Unix time, in seconds.
        size: In bytes.
    """
    return f"{int(modified_at):x}-{size:x}"


class MediaFiles:
    """WSGI middleware that sends the files of public photos.

    Args:
        app: The WSGI app, with the Flask route.
        objects: The folder of the object store.
        max_age: Seconds for which caches may keep a file.
        security_headers: Headers that a response has unless it sets them itself.
        rules: The hosts that the site is served under.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        objects: Path,
        max_age: int,
        security_headers: Mapping[str, str],
        rules: HostRules,
    ) -> None:
        self._app = app
        self._objects = objects.absolute()
        self._max_age = max_age
        self._security_headers = security_headers
        self._rules = rules

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Send the file, or let Flask answer the request."""
        key = self._key_of(environ)
        file = self._open(key) if key else None
        if key is None or file is None:
            return self._app(environ, start_response)
        headers = self._headers(key, os.fstat(file.fileno()), environ["wsgi.url_scheme"])
        start_response("200 OK", list(headers.items()))
        if environ["REQUEST_METHOD"] == "HEAD":
            file.close()
            return ()
        return wrap_file(environ, file)

    def _key_of(self, environ: "WSGIEnvironment") -> str | None:
        """Return the key of the object that a plain request asks for."""
        path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        if path and is_plain(environ) and self._rules.allows(get_host(environ), ENDPOINT):
            return path["key"]
        return None

    def _open(self, key: str) -> BinaryIO | None:
        if key.rpartition(".")[2] not in object_keys.CONTENT_TYPES:
            return None
        try:
            return (self._objects / key).open("rb")
        except OSError:  # Flask answers 404, or logs the error
            return None

    def _headers(self, key: str, status: os.stat_result, scheme: str) -> dict[str, str]:
        of_file = {
            "Content-Type": object_keys.content_type_of(key),
            "Content-Length": str(status.st_size),
            "Last-Modified": http_date(status.st_mtime),
            "ETag": f'"{etag_of(status.st_mtime, status.st_size)}"',
            "Accept-Ranges": "bytes",
        }
        tls_headers = TLS_HEADERS if scheme == "https" else {}
        own = of_file | headers_of(key, self._max_age)
        return dict(self._security_headers) | tls_headers | own
