"""Answer the health checks of load balancers and operators."""

import re

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.web.client_address import parse_address
from app.web.context import app_context, photo_service

# Headers of proxies: RFC 7239, RFC 9110 (section 7.6.3), nginx, load balancers, CDNs.
_OF_PROXIES = re.compile(
    "(.*-)?forwarded(-.*)?|via|x-real-ip|(.*-)?client-ip|cf-connecting-ip", re.IGNORECASE
)

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer 200: the process serves requests."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer 200 if the object store and the catalog answer, otherwise 503 with the reason.

    The reason names the bucket and the tables, so only clients on this machine get an answer.
    """
    if not is_local_client():
        reason = "/readyz answers requests from this machine only."
        return {"status": "forbidden", "reason": reason}, 403
    failing = photo_service().failing_backends()
    if not failing:
        return {"status": "ok"}
    reason = " ".join(f"{part}: {error}" for part, error in failing.items())
    return {"status": "unavailable", "down": list(failing), "reason": reason}, 503


def is_local_client() -> bool:
    """Return whether the request was sent on this machine, to the proxy or to the app itself.

    A proxy on this machine that adds none of these headers looks like a program there.
    """
    if _is_forwarded() and not _is_forwarded_by_trusted_proxies():
        return False
    if not request.remote_addr:
        return True  # a Unix socket has no address
    address = parse_address(request.remote_addr)
    return address is not None and address.is_loopback


def _is_forwarded() -> bool:
    """Return whether the request has one of the headers with which proxies name its sender."""
    return any(_OF_PROXIES.fullmatch(name) for name, _value in request.headers)


def _is_forwarded_by_trusted_proxies() -> bool:
    """Return whether `remote_addr` is the client and not the last proxy."""
    hops = app_context().config.proxy_hops
    return "X-Forwarded-For" in request.headers and 0 < hops <= len(request.access_route)
