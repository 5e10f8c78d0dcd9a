"""Cross-site request forgery: every POST proves that a page of ours, or a script, sent it."""

from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect

from app.web.auth import access


def init_app(app: Flask) -> None:
    """Check every POST for the form's token, or for what another site cannot send along."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a form left open overnight still works
    csrf = CSRFProtect(app)

    @app.before_request
    def require_token() -> None:
        if request.method != "POST":
            return
        # A header of its own makes a cross-origin request ask first, and we answer no such question (no CORS).
        if "X-Requested-With" in request.headers or access.has_bearer():
            g.csrf_valid = True  # Flask-WTF's mark: forms needn't look again
            return
        csrf.protect()
