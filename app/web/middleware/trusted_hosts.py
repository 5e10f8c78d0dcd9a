"""Reject requests whose Host header names another site.

Feeds and link previews contain absolute URLs. The app builds them with the host in the request,
because visitors often open an instance by an IP address that changes. An attacker could make a
shared cache store a page with another host in its URLs, and anyone can point a domain at this
server. `TRUSTED_HOSTS` prevents both.

Without this setting and without a proxy, the site answers only to IP addresses and to the names of
its machine. Such a site often runs in a private network, where outsiders cannot reach it, but
browsers inside can. DNS rebinding lets a page of another site reach it through such a browser: the
page points its own domain at this machine, and the browser then treats both as one site. The
requests name the domain of that page. They cannot name an IP address, because the browser sends the
host in the URL of the page.
"""

import re
import socket
from collections.abc import Collection
from functools import lru_cache

from flask import Flask, request

from app.config import Config
from app.domain.messages import message
from app.web.client_address import parse_address
from app.web.host_names import is_listed
from app.web.refusals import RequestRefused

# Load balancers send the IP address of the instance as the host.
_ANY_HOST = "health.healthz"
# Operators request them on the machine itself, which has other names there than on the internet.
_LOCAL_HOST = frozenset({"health.readyz", "metrics.show"})

_PORT = re.compile(r":\d+$")
_NOT_TRUSTED = message(
    "This site isn’t available under that name. Open it at its own address. To allow the name, add "
    "it to the setting TRUSTED_HOSTS."
)
_NOT_LOCAL = message(
    "Without the setting TRUSTED_HOSTS, this site answers only to IP addresses, to localhost and "
    "to the name of its machine. To allow the name you used, add it to TRUSTED_HOSTS."
)


class UntrustedHost(RequestRefused):
    """The site is not served under the host in the request."""


class HostRules:
    """Which hosts the site is served under.

    Args:
        config: The settings TRUSTED_HOSTS, HOST and PROXY_HOPS.
    """

    def __init__(self, config: Config) -> None:
        self.trusted_hosts = config.trusted_hosts
        self._allows_all = not config.trusted_hosts and config.proxy_hops > 0
        self._local_names = _names_of_this_machine(config.host)

    def allows(self, host: str, endpoint: str | None) -> bool:
        """Return whether a request to `endpoint` may name `host`."""
        # Without TRUSTED_HOSTS a proxy chooses the hosts that it passes on.
        if self._allows_all or endpoint == _ANY_HOST or is_listed(host, self.trusted_hosts):
            return True
        is_local = _is_ip_address(host) or is_listed(host, self._local_names)
        return is_local and (not self.trusted_hosts or endpoint in _LOCAL_HOST)


def init_app(app: Flask, rules: HostRules) -> None:
    """Accept only the trusted hosts, or those of this machine if there is no proxy."""

    @app.before_request
    def check_host() -> None:
        if not rules.allows(request.host, request.endpoint):
            raise _refusal(rules.trusted_hosts)


def _names_of_this_machine(bound_host: str) -> Collection[str]:
    """Return localhost with its subdomains, and the names by which others find this machine.

    Args:
        bound_host: The setting HOST, which may be a name.
    """
    machine = socket.gethostname().lower()
    in_local_network = f"{machine.partition('.')[0]}.local"  # multicast DNS (RFC 6762)
    return {".localhost", bound_host.lower(), machine, in_local_network}


@lru_cache(maxsize=256)
def _is_ip_address(host: str) -> bool:
    return parse_address(_PORT.sub("", host).strip("[]")) is not None


def _refusal(trusted_hosts: Collection[str]) -> UntrustedHost:
    host = request.headers.get("Host", "")[:100]
    if trusted_hosts:
        return UntrustedHost(f"the host {host!r} is not in TRUSTED_HOSTS", _NOT_TRUSTED)
    cause = f"the host {host!r} is not a name of this machine. To allow it, set TRUSTED_HOSTS"
    return UntrustedHost(cause, _NOT_LOCAL)
