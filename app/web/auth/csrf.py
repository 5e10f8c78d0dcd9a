"""Protect every unsafe request against cross-site request forgery."""

from flask import Flask, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from app.domain.messages import message
from app.web.auth import shared_files
from app.web.auth.principals import logins, principal
from app.web.auth.request_origin import require_own_origin
from app.web.cookies import SESSION_COOKIE, cookie_name
from app.web.refusals import RequestRefused

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}  # RFC 9110, section 9.2.1
_EXPIRED = message("This form has expired. Go back, reload the page and try again.")
_NO_COOKIES = message(
    "Your browser didn’t send this site’s cookies. Allow cookies for this site, then go back, "
    "reload the page and try again."
)


class InvalidToken(RequestRefused):
    """The CSRF token is missing, or not that of the browser's session."""


def init_app(app: Flask) -> None:
    """Check the page that sent the request, and the form's token.

    A header that other sites cannot send replaces the token.
    """
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the hook below decides when to check
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a form that was left open overnight still works
    # Browsers may send no Referer, and a proxy may change the host that it is compared with.
    app.config["WTF_CSRF_SSL_STRICT"] = False  # require_own_origin replaces the check
    csrf = CSRFProtect(app)

    @app.before_request
    def check_request() -> None:
        if request.method in _SAFE_METHODS:
            return
        if principal.sends_token():  # no browser sends it by itself
            g.csrf_valid = True
            return
        require_own_origin()
        # Browsers send custom headers to another origin only after a preflight request, which
        # this app does not allow (no CORS).
        if (
            "X-Requested-With" in request.headers
            or logins.has_bearer_token()
            or shared_files.are_from_system()
        ):
            g.csrf_valid = True  # Flask-WTF then skips the check in each form
            return
        try:
            csrf.protect()
        except CSRFError as error:
            raise _explain(error) from error


def _explain(error: CSRFError) -> InvalidToken:
    """Return the refusal, which tells blocked cookies from an expired form."""
    name = cookie_name(SESSION_COOKIE)
    if name in request.cookies:
        return InvalidToken(str(error.description), _EXPIRED)
    return InvalidToken(f"the browser sent no cookie named {name!r}", _NO_COOKIES)
