"""Find in the headers of a request who it says it is, before a proxy's headers are applied.

A request with an access token has no cookies: nothing that a browser remembers counts for it, and
its answer sets none. A proxy's header with a user name counts only if the proxy sent the request.
"""

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers

from app.domain.tokens.access_token import PREFIX
from app.remote_users import RemoteUsers
from app.web.client_address import parse_address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

TOKEN = "shoebox.access_token"  # noqa: S105  key of the WSGI environment
USER_NAME = "shoebox.user_name"  # likewise
_SCHEME = "bearer"  # RFC 6750
_WARNING_SECONDS = 60.0  # at most one warning in this time: every client can cause them


class PrincipalHeaders:
    """WSGI middleware around that which applies the headers of proxies.

    Args:
        app: The WSGI app.
        remote_users: The setting for user names of a proxy.
        proxy_hops: The number of proxies.
    """

    def __init__(self, app: "WSGIApplication", remote_users: RemoteUsers, proxy_hops: int) -> None:
        self._app = app
        header = remote_users.header.upper().replace("-", "_")
        self._key = f"HTTP_{header}" if header else ""
        self._proxy_hops = proxy_hops
        self._warned_at = -_WARNING_SECONDS

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass the request on with its token or its user name in the WSGI environment."""
        environ.pop(TOKEN, None)
        environ.pop(USER_NAME, None)
        user_name = environ.pop(self._key, "") if self._key else ""
        if user_name and self._is_from_proxy(environ):
            environ[USER_NAME] = user_name
        token = _sent_token(environ)
        if token is None:
            return self._app(environ, start_response)
        environ[TOKEN] = token
        environ.pop("HTTP_COOKIE", None)
        return self._app(environ, _without_cookies(start_response))

    def _is_from_proxy(self, environ: "WSGIEnvironment") -> bool:
        """Return whether the request came through the proxies.

        The proxy next to the app is on this machine or in a private network. A client on the
        internet that reaches the app itself is not.
        """
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        passed = len([address for address in forwarded if address.strip()]) >= self._proxy_hops > 0
        peer = parse_address(environ.get("REMOTE_ADDR", ""))  # none for a Unix domain socket
        if passed and (peer is None or not peer.is_global):
            return True
        self._warn()
        return False

    def _warn(self) -> None:
        """Log that the header did not count, without the address: it may be that of a visitor."""
        now = time.monotonic()
        if now >= self._warned_at + _WARNING_SECONDS:
            self._warned_at = now
            log.warning("a user name was ignored: its sender is no proxy of this site")


def _sent_token(environ: "WSGIEnvironment") -> str | None:
    """Return the text of a token, which may be invalid; None for a password of the site."""
    scheme, _space, text = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = text.strip()
    return token if scheme.lower() == _SCHEME and token.startswith(PREFIX) else None


def _without_cookies(start_response: "StartResponse") -> "StartResponse":
    def wrapped(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        kept = Headers(headers)
        kept.remove("Set-Cookie")
        return start_response(status, list(kept), *exc_info)

    return wrapped
