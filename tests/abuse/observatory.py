"""Score a response by the rules of the MDN HTTP Observatory.

The rules are those of August 2026: src/analyzer/tests and src/grader/charts.js of
https://github.com/mdn/mdn-http-observatory. A site starts at 100 points. Each test adds or takes
points; added points count only if at most 10 were taken. The redirect to HTTPS and the certificate
are those of the web server and count as valid here.
"""

import re
from html.parser import HTMLParser
from http.cookies import Morsel, SimpleCookie

from werkzeug.datastructures import Headers

HALF_A_YEAR = 15_768_000  # seconds
EXTRA_CREDIT_FROM = 90
BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"}
UNSAFE = BROAD | {"'unsafe-inline'", "data:"}
PRIVATE_REFERRERS = {
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
}


def score(headers: Headers, page: str) -> int:
    """Return the score of a response over TLS."""
    points = modifiers(headers, page).values()
    uncurved = 100 + sum(point for point in points if point < 0)
    return 100 + sum(points) if uncurved >= EXTRA_CREDIT_FROM else uncurved


def modifiers(headers: Headers, page: str) -> dict[str, int]:
    """Return the points that each test adds or takes."""
    policy = directives(headers.get("Content-Security-Policy", ""))
    return {
        "content-security-policy": of_policy(policy),
        "cookies": of_cookies(headers.getlist("Set-Cookie"), protected=of_hsts(headers) == 0),
        "cross-origin-embedder-policy": 10
        * (embedder(headers) in {"require-corp", "credentialless"}),
        "cross-origin-opener-policy": of_opener(headers.get("Cross-Origin-Opener-Policy")),
        "cross-origin-resource-sharing": -50
        * (headers.get("Access-Control-Allow-Credentials") == "true"),
        "cross-origin-resource-policy": of_resource_policy(
            headers.get("Cross-Origin-Resource-Policy")
        ),
        "referrer-policy": of_referrer(headers.get("Referrer-Policy")),
        "strict-transport-security": of_hsts(headers),
        "subresource-integrity": of_scripts(page),
        "x-content-type-options": 0
        if headers.get("X-Content-Type-Options", "").lower() == "nosniff"
        else -5,
        "x-frame-options": of_framing(headers, policy),
    }


def directives(header: str) -> dict[str, set[str]]:
    """Return the sources of each directive of a Content-Security-Policy header."""
    parts = [part.split() for part in header.lower().split(";") if part.strip()]
    return {name: set(sources) for name, *sources in parts}


def of_policy(policy: dict[str, set[str]]) -> int:
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    script, style = policy.get("script-src", default), policy.get("style-src", default)
    passive = {source for name in ("img-src", "media-src") for source in policy.get(name, default)}
    active = {
        source
        for name, sources in policy.items()
        if name not in {"img-src", "media-src"}
        for source in sources
    }
    if script & UNSAFE or policy.get("object-src", default) & BROAD:
        return -20
    if any(source.startswith(("http:", "ftp:")) for source in active):
        return -20
    if "'unsafe-eval'" in script | style or any(
        source.startswith(("http:", "ftp:")) for source in passive
    ):
        return -10
    if style & UNSAFE:
        return 0
    return 10 if default == {"'none'"} else 5


def of_cookies(headers: list[str], *, protected: bool) -> int:
    """Return the points of the worst cookie; `protected` means that HSTS covers insecure ones."""
    points = []
    for header in headers:
        for name, cookie in SimpleCookie(header).items():
            points.append(of_cookie(name, cookie, protected=protected))
    return min(points, default=0)


def of_cookie(name: str, cookie: Morsel[str], *, protected: bool) -> int:
    is_session = any(part in name.lower() for part in ("sess", "login"))
    points = [5]
    if cookie["samesite"].lower() not in {"lax", "strict", "none"}:
        needs_same_site = cookie["samesite"] or "csrf" in name.lower()
        points.append(-20 if needs_same_site else 0)
    if not cookie["secure"]:
        unprotected, with_hsts = (-40, -10) if is_session else (-20, -5)
        points.append(with_hsts if protected else unprotected)
    if is_session and not cookie["httponly"]:
        points.append(-30)
    return min(points)


def embedder(headers: Headers) -> str:
    return headers.get("Cross-Origin-Embedder-Policy", "")


def of_opener(header: str | None) -> int:
    if header is None or header == "unsafe-none":
        return 0
    return (
        10 if header in {"same-origin", "same-origin-allow-popups", "noopener-allow-popups"} else -5
    )


def of_resource_policy(header: str | None) -> int:
    if header is None or header == "cross-origin":
        return 0
    return 10 if header in {"same-origin", "same-site"} else -5


def of_referrer(header: str | None) -> int:
    if header is None:
        return 0
    return 5 if header.split(",")[-1].strip().lower() in PRIVATE_REFERRERS else -5


def of_hsts(headers: Headers) -> int:
    found = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", "").lower())
    if not found:
        return -20
    return 0 if int(found[1]) >= HALF_A_YEAR else -10


def of_framing(headers: Headers, policy: dict[str, set[str]]) -> int:
    frame_options = headers.get("X-Frame-Options", "").lower()
    is_restricted = "frame-ancestors" in policy or frame_options in {"deny", "sameorigin"}
    return 5 if is_restricted else -20


class Scripts(HTMLParser):
    """Collects the attributes of the script elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append(dict(attrs))


def of_scripts(page: str) -> int:
    """Return the points for subresource integrity, which scripts of other origins need."""
    scripts = [script for script in Scripts(page).found if script.get("src")]
    foreign = [script for script in scripts if re.match(r"(https?:)?//", script["src"] or "")]
    if not foreign:
        return 5 if any(script.get("integrity") for script in scripts) else 0
    if all(script.get("integrity") for script in foreign):
        return 5
    return -50 if any((script["src"] or "").startswith("http:") for script in foreign) else -5
