"""Answer errors with a page, or with problem details (RFC 9457) for clients that ask for JSON."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import ParseException
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import (
    BadHost,
    HTTPException,
    RequestedRangeNotSatisfiable,
    RequestEntityTooLarge,
)
from werkzeug.http import HTTP_STATUS_CODES

from app.domain.errors import Busy, ShoeboxError, StorageError
from app.web.auth.access_errors import AccessError, LoginRequired, TokenRejected
from app.web.auth.principals.logins import has_bearer_token, has_session
from app.web.error_table import response_to, title_of
from app.web.middleware import form_limits
from app.web.middleware.form_parser import TempSpaceFull, UnreadableForm
from app.web.middleware.rate_limits import RateLimitExceeded
from app.web.operations.log_path import match_path
from app.web.redirects import current_path
from app.web.refusals import RequestRefused
from app.web.rendering.api.negotiation import wants_json
from app.web.rendering.formatting import translate
from app.web.rendering.i18n import gettext as _
from app.web.request_body import drain_body

log = logging.getLogger(__name__)

_DRAIN_SECONDS = 0.5
_DRAIN_SECONDS_OF_UPLOAD = 30.0
_VARY = {"Vary": "Accept"}
RETRY_AFTER = 10  # seconds; throttled or restarting storage has usually recovered by then


def init_app(app: Flask) -> None:
    """Handle every exception."""
    for error in (ShoeboxError, AccessError, HTTPException, Exception):
        app.register_error_handler(error, handle_error)


def handle_error(error: Exception) -> ResponseReturnValue:
    """Return the response to `error`; a page that needs a login redirects to the login form."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error  # Werkzeug raises redirects too
    log_server_error(error)
    if isinstance(error, RequestRefused):
        log.warning("%s %s refused: %s", request.method, _logged_path(), error)
    try:
        return _respond(error)
    except Exception:  # the visitor gets an answer to every error
        log.exception("The error page of %s failed", type(error).__name__)
        return _plain_response(status_of(error))


def log_server_error(error: Exception) -> None:
    """Log an error with a status of 500 or more, with its traceback.

    A busy site is no fault; the request log shows the status of these responses.
    """
    if status_of(error) >= 500 and not isinstance(error, Busy):
        log.error("%s %s failed", request.method, _logged_path(), exc_info=error)


def _logged_path() -> str:
    return match_path(current_app.url_map, request.method, request.path)


def status_of(error: Exception) -> int:
    """Return the HTTP status code of the response to `error`."""
    return response_to(error).status


def user_message(error: Exception) -> str:
    """Return the error and its remedy in the visitor's language."""
    return translate(response_to(error).message)


def problem(error: Exception, **extensions: Any) -> ResponseReturnValue:
    """Return the error as application/problem+json with `extensions` as further members."""
    status = status_of(error)
    headers = {"Content-Type": "application/problem+json", **_VARY, **headers_of(error, status)}
    return problem_members(error) | extensions, status, headers


def form_error(error: Exception, page: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Return the page of a form with the error, or the error alone to clients that ask for JSON."""
    if wants_json():
        return problem(error)
    response = current_app.make_response(page())
    response.status_code = status_of(error)
    response.headers.update(headers_of(error, response.status_code))
    response.vary.add("Accept")
    return response


def problem_members(error: Exception) -> dict[str, Any]:
    """Return the members of the error's problem details (RFC 9457, section 3.1)."""
    status = status_of(error)
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[status],
        "status": status,
        "detail": user_message(error),
    }
    if isinstance(error, LoginRequired):
        members["login_url"] = url_for("login.new")
    return members


def headers_of(error: Exception, status: int) -> dict[str, str]:
    """Return Retry-After, in seconds, where trying again can help, and headers of some errors."""
    if isinstance(error, RateLimitExceeded):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, TokenRejected):
        challenge = WWWAuthenticate("bearer", {"error": "invalid_token"})  # RFC 6750, section 3
        return {"WWW-Authenticate": challenge.to_header()}
    if isinstance(error, RequestedRangeNotSatisfiable) and error.length is not None:
        return {"Content-Range": f"bytes */{error.length}"}  # RFC 9110, section 15.5.17
    return {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}


def _respond(error: Exception) -> ResponseReturnValue:
    if isinstance(error, LoginRequired) and request.method == "GET" and not wants_json():
        return redirect(url_for("login.new", next=current_path()), 303)
    if isinstance(error, RequestEntityTooLarge) or form_limits.is_unread():
        # An upload form is counted, so it may take longer without taking the threads of pages.
        drain_body(_DRAIN_SECONDS_OF_UPLOAD if "address_of_form" in g else _DRAIN_SECONDS)
    if wants_json():
        return problem(error)
    status = status_of(error)
    if isinstance(request.routing_exception, BadHost):  # no page has a URL on such a host
        return _plain_response(status)
    return _render_page(error, status), status, {**_VARY, **headers_of(error, status)}


def _plain_response(status: int) -> ResponseReturnValue:
    """Return a response that needs no template, no translation and no login."""
    text = f"{status} {HTTP_STATUS_CODES[status]}\n"
    return text, status, {"Content-Type": "text/plain; charset=utf-8"}


def _render_page(error: Exception, status: int) -> str:
    _check_login()
    return render_template(
        "errors/error.html",
        status=status,
        title=translate(title_of(status)),
        message=user_message(error),
        retry_after=headers_of(error, status).get("Retry-After"),
        submitted_text=_submitted_text(),
    )


def _check_login() -> None:
    """Check the login, which the page's header shows. If the check fails, it shows no login."""
    for check in (has_session, has_bearer_token):
        try:
            check()
        except (RateLimitExceeded, StorageError) as error:
            log_server_error(error)


def _submitted_text() -> list[tuple[str, str]]:
    """Return the labels and texts of the form that failed, so that the visitor can copy them."""
    if request.method != "POST":
        return []
    labels = {
        "title": _("Title"),
        "description": _("Description"),
        "tags": _("Tags"),
        "alt": _("Alternative text"),
        "contributor_name": _("Your name"),
        "credit": _("Credit"),
        "license_url": _("Address of the license"),
        "text": _("Your message"),
    }
    with suppress(Busy, HTTPException, ParseException, TempSpaceFull, UnreadableForm):
        texts = [(label, request.form.get(name)) for name, label in labels.items()]
        return [(label, text) for label, text in texts if text]
    return []
