"""Remember the name that contributors type, for their next upload from the same browser."""

from urllib.parse import quote, unquote

from flask import Flask, Response, g, request

from app.domain.errors import InvalidText
from app.domain.photo_text import clean_contributor_name
from app.web.cookies import cookie_name, delete_cookie, set_long_lived_cookie

COOKIE = "contributor-name"


def remembered_name() -> str:
    """Return the name in the browser's cookie, empty without a valid one."""
    try:
        return clean_contributor_name(unquote(request.cookies.get(cookie_name(COOKIE), "")))
    except InvalidText:
        return ""


def remember_name(name: str) -> None:
    """Give the browser a cookie with the name, or delete it if the name is empty."""
    g.contributor_name = name


def init_app(app: Flask) -> None:
    """Set the cookie on the responses to uploads."""
    app.after_request(_set_cookie)


def _set_cookie(response: Response) -> Response:
    name = g.get("contributor_name")
    if name:
        set_long_lived_cookie(response, COOKIE, quote(name))
    elif name is not None and cookie_name(COOKIE) in request.cookies:
        delete_cookie(response, COOKIE)
    return response
