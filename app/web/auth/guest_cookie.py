"""Remember by a signed cookie which guest links a browser has opened.

The cookie has the codes of the links. It permits nothing but adding photos by these links, and
changing the own ones afterwards. Who added them is decided by the contributor cookie.
"""

from flask import Flask, Response, g, request

from app.domain.albums.guests import is_guest_code
from app.web.cookies import cookie_name, set_long_lived_cookie, sign, verified

COOKIE = "guest"
PARAMETER = "guest"  # of the URL to which the form of a guest is sent
MAX_CODES = 10  # the links that were opened last


def codes() -> tuple[str, ...]:
    """Return the codes in the browser's cookie, the last one first; none without a valid cookie."""
    name = cookie_name(COOKIE)
    found = verified(name, request.cookies.get(name, "")) or ()
    return tuple(filter(is_guest_code, map(str, found)))[:MAX_CODES]


def sent_code() -> str:
    """Return the code by which the request adds photos; empty if it is none of the cookie."""
    code = request.args.get(PARAMETER, "")
    return code if code and code in codes() else ""


def is_sent() -> bool:
    """Return whether the request says that it adds photos by a guest link."""
    return bool(request.args.get(PARAMETER))


def remember(*new: str) -> None:
    """Give the browser a cookie with these codes too, the last one first."""
    others = [each for each in codes() if each not in new]
    g.guest_codes = [*new, *others][:MAX_CODES]


def init_app(app: Flask) -> None:
    """Set the cookie on the responses to guests."""
    app.after_request(_set_cookie)


def _set_cookie(response: Response) -> Response:
    guest_codes = g.get("guest_codes")
    if guest_codes:
        set_long_lived_cookie(response, COOKIE, sign(cookie_name(COOKIE), guest_codes))
    return response
