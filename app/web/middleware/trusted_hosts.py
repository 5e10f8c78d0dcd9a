"""Reject requests whose Host header names another site.

Feeds and link previews contain absolute URLs, made with the host that the visitor asked for,
because an instance is often opened by an IP address that changes. A shared cache could be made to
store a page with another host in its URLs, and anyone can point a domain at this server.
`TRUSTED_HOSTS` prevents both.
"""

from collections.abc import Sequence

from flask import Flask, request
from werkzeug.sansio.utils import host_is_trusted

# Load balancers send the IP address of the instance as the host.
_EXEMPT = {"health.healthz", "health.readyz"}


class UntrustedHost(Exception):
    """The site is not served under the host in the request."""


def init_app(app: Flask, trusted_hosts: Sequence[str]) -> None:
    """Accept only the `trusted_hosts`, or every host if there are none.

    Args:
        app: The app.
        trusted_hosts: Host names; one that starts with a dot stands for all of its subdomains.
    """
    if not trusted_hosts:
        return

    @app.before_request
    def check_host() -> None:
        if request.endpoint in _EXEMPT:
            return
        if not host_is_trusted(request.host.lower(), trusted_hosts):
            raise UntrustedHost
