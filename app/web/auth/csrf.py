"""Protect every POST against cross-site request forgery."""

from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect

from app.web.auth import access


def init_app(app: Flask) -> None:
    """Check every POST for the form's token or for a header that other sites cannot send."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the hook below decides when to check
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a form that was left open overnight still works
    csrf = CSRFProtect(app)

    @app.before_request
    def check_token() -> None:
        if request.method != "POST":
            return
        # Browsers send custom headers to another origin only after a preflight request, which
        # this app does not allow (no CORS).
        if "X-Requested-With" in request.headers or access.has_bearer_token():
            g.csrf_valid = True  # Flask-WTF then skips the check in each form
            return
        csrf.protect()
