"""Reject requests whose Host header names another site.

Feeds and link previews contain absolute URLs, made with the host that the visitor asked for,
because an instance is often opened by an IP address that changes. A shared cache could be made to
store a page with another host in its URLs, and anyone can point a domain at this server.
`TRUSTED_HOSTS` prevents both.
"""

from collections.abc import Sequence

from flask import Flask, request

from app.domain.messages import message
from app.web.host_names import is_listed
from app.web.refusals import RequestRefused

# Load balancers send the IP address of the instance as the host.
_EXEMPT = {"health.healthz", "health.readyz"}


_OTHER_NAME = message("This site isn’t available under that name. Open it at its own address.")


class UntrustedHost(RequestRefused):
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
        if not is_listed(request.host, trusted_hosts):
            host = request.headers.get("Host", "")
            raise UntrustedHost(f"the host {host[:100]!r} is not in TRUSTED_HOSTS", _OTHER_NAME)
