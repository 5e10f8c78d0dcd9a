"""Accept host names with underscores, which Werkzeug treats as missing.

DNS allows underscores (RFC 2181, section 11), and names of containers and of machines in a local
network have them. Werkzeug 3.1 accepts the characters of RFC 952 only.
"""

import re
from collections.abc import Iterable

from flask import Flask, Request
from werkzeug.routing import MapAdapter

_HOST = re.compile(r"[a-z0-9._-]+(:[1-9][0-9]{0,4})?", re.ASCII | re.IGNORECASE)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class SiteFlask(Flask):
    """Flask with host names that have underscores."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return the URL adapter, and set the host of `request` if Werkzeug has rejected it."""
        adapter = super().create_url_adapter(request)
        if request is not None and adapter is not None and not request.host:
            request.host = _read_host(request)
            adapter.server_name = request.host.lower()
        return adapter


def is_listed(host: str, names: Iterable[str]) -> bool:
    """Return whether `host` has one of the names. The port does not count.

    Args:
        host: A valid host, maybe with a port.
        names: Host names in lower case; one that starts with a dot stands for its subdomains too.
    """
    hostname = re.sub(r":\d+$", "", host.lower())
    return any(
        hostname == name.removeprefix(".") or (name.startswith(".") and hostname.endswith(name))
        for name in names
    )


def _read_host(request: Request) -> str:
    """Return the Host header without the default port; an empty string if it is invalid."""
    host = request.headers.get("Host", "")
    if not _HOST.fullmatch(host):
        return ""
    return host.removesuffix(_DEFAULT_PORTS.get(request.scheme, ""))
