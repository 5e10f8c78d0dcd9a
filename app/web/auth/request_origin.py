"""Refuse unsafe requests that a page of another site made the browser send.

Browsers name the page in one of two headers, or in none:

- `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/), over TLS and on localhost. The browser
  compares the addresses itself, so the header is right whatever a proxy does to the host.
- `Origin` (RFC 6454), in older browsers and over plain HTTP. It is `null` where the page hides its
  address: in a sandboxed frame, or if the browser or an extension turns referrers off. Such a page
  may be ours, so `null` counts as no header.

Without a header, the CSRF token alone decides. `Referer` is not read: many browsers send none.
"""

from flask import request

from app.domain.messages import message
from app.web.refusals import RequestRefused

_MAX_SHOWN = 100  # characters of a header in messages
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_FROM_ANOTHER_SITE = message(
    "Another site sent this form, so it was refused. Open this site and use its own form."
)
_DIFFERENT_ADDRESSES = message(
    "The form came from %(origin)s, but the site received it as %(address)s, so it was refused. If "
    "both are this site, its manager needs to correct the settings of the proxy in front of it."
)


class ForeignOrigin(RequestRefused):
    """A page of another site sent the request, or a proxy changed the site's address."""


def require_own_origin() -> None:
    """Raise ForeignOrigin if a header of the browser names another site."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        _require_own_site(fetch_site)
        return
    origin = request.headers.get("Origin", "null")
    if origin != "null" and not _is_own(origin):
        raise _foreign_origin(origin)


def _require_own_site(fetch_site: str) -> None:
    """Accept pages of this origin, and requests that the visitor starts, such as a reload."""
    if fetch_site not in {"same-origin", "none"}:
        cause = f"the header Sec-Fetch-Site is {fetch_site[:_MAX_SHOWN]!r}, not 'same-origin'"
        raise ForeignOrigin(cause, _FROM_ANOTHER_SITE)


def _is_own(origin: str) -> bool:
    """Return whether `origin` is this site.

    A proxy may terminate TLS without telling the app, so a site that seems to use plain HTTP
    accepts its own pages over TLS. A site over TLS accepts no page over plain HTTP.
    """
    scheme, separator, host = origin.lower().partition("://")
    is_own_scheme = scheme == "https" or (scheme == "http" and not request.is_secure)
    is_own_host = host.removesuffix(_DEFAULT_PORTS.get(scheme, "")) == request.host.lower()
    return bool(separator) and is_own_scheme and is_own_host


def _foreign_origin(origin: str) -> ForeignOrigin:
    address = f"{request.scheme}://{request.host}"
    shown = origin[:_MAX_SHOWN]
    cause = (
        f"the form is from {shown!r} (Origin), but the request is for {address!r}; "
        "if both are this site, the proxy must pass on scheme, host and port (docs/proxies.md)"
    )
    return ForeignOrigin(cause, _DIFFERENT_ADDRESSES.with_values(origin=shown, address=address))
