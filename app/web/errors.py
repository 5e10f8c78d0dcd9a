"""Every error's way to HTTP: the one place that knows status codes."""

import logging
import time
from contextlib import suppress
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestTimeout
from werkzeug.http import HTTP_STATUS_CODES

from app.domain import errors
from app.domain.messages import Message, message
from app.web.auth import access
from app.web.context import app_context
from app.web.middleware.form_parser import TempSpaceFull, UnreadableForm
from app.web.middleware.rate_limits import TooManyAttempts
from app.web.middleware.trusted_hosts import UntrustedHost
from app.web.redirects import wants_json
from app.web.rendering.formatting import translate

log = logging.getLogger(__name__)

DRAIN_BYTES = 2**31  # 2 GiB and half a minute, then the connection is cut after all
DRAIN_SECONDS = 30
RETRY_AFTER = 10  # seconds: what a throttled or restarting storage usually needs

TITLES = {
    400: message("Bad request"),
    403: message("You can’t do that here"),
    404: message("Nothing here"),
    405: message("That didn’t work"),
    408: message("Timed out"),
    409: message("Changed in the meantime"),
    413: message("Too large"),
    422: message("Check the form"),
    429: message("Too many tries"),
    500: message("Something went wrong"),
    503: message("Busy"),
}
MESSAGES = {
    400: message("We couldn’t read that request. Go back, reload the page and try again."),
    403: message("You don’t have permission."),
    404: message("We can’t find this page. It may have been moved or deleted."),
    405: message(
        "This address doesn’t accept that request. Go back and use the buttons on the page."
    ),
    408: message("The upload timed out; nothing was saved. Try again on a better connection."),
    413: message("That’s too much for one upload. Choose fewer or smaller photos."),
    422: message("Something in the form is wrong. Go back and check it."),
    429: message("You’ve tried too many times. Wait a moment, then try again."),
    500: message(
        "Something went wrong on our side, and we’ve logged it. Try again. Anything "
        "you typed is below."
    ),
    503: message("The site is busy. Try again in a moment."),
}

# The first class that fits decides; a sentence replaces the error's own where that speaks to the operator.
STATUS: tuple[tuple[type[Exception], int, Message | None], ...] = (
    (errors.InvalidText, 422, None),
    (errors.FileTooLarge, 413, None),
    (errors.ImageTooLarge, 413, None),
    (errors.QuotaReached, 403, None),
    (errors.InvalidUpload, 422, None),
    (errors.PhotoNotFound, 404, None),
    (errors.EditConflict, 409, None),
    (errors.Busy, 503, None),
    (errors.AlreadyPublished, 409, None),
    (
        errors.StorageUnavailable,
        503,
        message("Storage isn’t answering. Nothing is lost: try again in a moment."),
    ),
    (
        errors.StorageError,
        503,
        message("Storage isn’t available. Please tell the site’s owner."),
    ),
    (
        access.LoginRequired,
        403,
        message("Log in to add photos."),
    ),
    (
        access.NotOwner,
        403,
        message("Only the person who added this photo can change it, in the browser they used."),
    ),
    (access.AdminDisabled, 404, MESSAGES[404]),
    (
        access.HiddenByAdmin,
        403,
        message("The site’s manager has hidden this photo. Only they can unhide it."),
    ),
    (access.WrongPassword, 403, message("Wrong password.")),
    (
        UntrustedHost,
        400,
        message("This site isn’t available under that name. Open it at its own address."),
    ),
    (TooManyAttempts, 429, None),
    (
        TempSpaceFull,
        503,
        message("The site is out of space; nothing was saved. Try again later."),
    ),
    (
        UnreadableForm,
        400,
        message(
            "We couldn’t read this form. If a file name has unusual characters, rename "
            "the file and try again."
        ),
    ),
    (ParseException, 400, MESSAGES[400]),  # gunicorn's, of a body that is not what its headers say
    (
        CSRFError,
        400,
        message(
            "This form has expired, or your browser blocks cookies. Go back, reload the "
            "page and try again."
        ),
    ),
)


def init_app(app: Flask) -> None:
    """Render every error."""
    for kind in (errors.ShoeboxError, access.AccessError, HTTPException, Exception):
        app.register_error_handler(kind, handle_error)


def handle_error(error: Exception) -> ResponseReturnValue:
    """The error as a page, or as a problem for who asked for JSON."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error  # a redirect
    if isinstance(error, access.LoginRequired) and request.method == "GET":
        return redirect(url_for("login.login", next=request.full_path.rstrip("?")), 303)
    status = status_of(error)
    if isinstance(error, RequestEntityTooLarge):
        _drain_body()
    if status >= 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    if wants_json():
        return problem(error)
    return _page(error, status), status, headers_of(error, status)


def status_of(error: Exception) -> int:
    """The HTTP status for `error`."""
    return _mapping(error)[0]


def user_message(error: Exception) -> str:
    """What happened and what to do, for the person who meets `error`."""
    status, instead = _mapping(error)
    return translate(instead or getattr(error, "message", None) or MESSAGES[status])


def problem(error: Exception, **extensions: Any) -> ResponseReturnValue:
    """The error as application/problem+json (RFC 9457), with `extensions` as further members."""
    status = status_of(error)
    members = {"type": "about:blank", "title": HTTP_STATUS_CODES[status], "status": status}
    members |= {"detail": user_message(error), **extensions}
    return (
        members,
        status,
        {"Content-Type": "application/problem+json", **headers_of(error, status)},
    )


def _mapping(error: Exception) -> tuple[int, Message | None]:
    for kind, status, instead in STATUS:
        if isinstance(error, kind):
            return status, instead
    code = error.code if isinstance(error, HTTPException) and error.code else 500
    return code, _nearest(MESSAGES, code)


def _nearest(sentences: dict[int, Message], status: int) -> Message:
    return sentences.get(status, sentences[400 if status < 500 else 500])


def _page(error: Exception, status: int) -> str:
    return render_template(
        "errors/error.html",
        status=status,
        title=translate(_nearest(TITLES, status)),
        message=user_message(error),
        retry_after=headers_of(error, status).get("Retry-After"),
        submitted_text=_submitted_text(),
    )


def headers_of(error: Exception, status: int) -> dict[str, str]:
    """Retry-After, in seconds, where coming back will help."""
    if isinstance(error, RateLimitExceeded):
        return {"Retry-After": str(app_context().rate_limits.retry_after())}
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(error.seconds)}
    return {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}


def _drain_body() -> None:
    """Read what the sender is still sending: a browser reads no answer while its own sending fails."""
    left, until = min(request.content_length or 0, DRAIN_BYTES), time.monotonic() + DRAIN_SECONDS
    while left > 0 and time.monotonic() < until:
        try:
            chunk = request.environ["wsgi.input"].read(min(left, 2**16))
        except RequestTimeout:
            return
        if not chunk:
            return
        left -= len(chunk)


def _submitted_text() -> list[tuple[str, str]]:
    """What was typed into the form that failed, so that nobody has to type it again; nothing where no form came."""
    if request.method != "POST":
        return []
    labels = {
        "title": _("Title"),
        "description": _("Description"),
        "tags": _("Tags"),
        "alt": _("Alternative text"),
    }
    with suppress(HTTPException, ParseException, TempSpaceFull, UnreadableForm):
        return [(label, text) for name, label in labels.items() if (text := request.form.get(name))]
    return []
