"""The names that the site is served under.

Absolute addresses, in feeds and link previews, are made with the name that a visitor asked for: instances are opened by
their IP address, whatever that is today. A cache in front that does not tell names apart could be made to keep one with
somebody else's name in it, and anybody's name can be pointed here: `TRUSTED_HOSTS` shuts both out.
"""

from collections.abc import Sequence

from flask import Flask, request
from werkzeug.sansio.utils import host_is_trusted

_PROBED_BY_ADDRESS = {"health.healthz", "health.readyz"}  # by load balancers


class UntrustedHost(Exception):
    """The site is not served under the name in the request."""


def init_app(app: Flask, trusted: Sequence[str]) -> None:
    """Answer to the `trusted` names alone, where there are any; one that begins with a dot stands for all below it."""

    @app.before_request
    def require_trusted() -> None:
        if (
            trusted
            and request.endpoint not in _PROBED_BY_ADDRESS
            and not host_is_trusted(request.host.lower(), trusted)
        ):
            raise UntrustedHost
