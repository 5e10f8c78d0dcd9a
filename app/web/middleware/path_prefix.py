"""Check the prefix of the paths below which the site is served, such as `/photos`.

It comes from the server (`SCRIPT_NAME`) or from `X-Forwarded-Prefix`, and begins the
path of every link and redirect. `//evil.example` would lead to another host.
"""

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import BadRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*", re.ASCII)


class PathPrefix:
    """WSGI middleware that refuses a request whose prefix is not a path.

    Args:
        app: The WSGI app.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Remove a slash at the end of the prefix; answer 400 if it is not a path."""
        prefix = environ.get("SCRIPT_NAME", "").rstrip("/")
        if not _PREFIX.fullmatch(prefix):
            log.warning("refused: the prefix %r is not a path such as '/photos'", prefix[:100])
            return BadRequest()(environ, start_response)
        environ["SCRIPT_NAME"] = prefix
        return self._app(environ, start_response)
