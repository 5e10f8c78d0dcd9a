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
from app.domain.messages import Sentence, sentence
from app.web.auth import access
from app.web.context import site
from app.web.middleware.form_parser import NoRoom, UnreadableForm
from app.web.middleware.rate_limits import TooManyTries
from app.web.middleware.trusted_hosts import UnknownHost
from app.web.redirects import wants_json
from app.web.rendering.formatting import said

log = logging.getLogger(__name__)

HEAR_OUT_BYTES = 2**31  # 2 GiB and half a minute, then the connection is cut after all
HEAR_OUT_SECONDS = 30
RETRY_AFTER = 10  # seconds: what a throttled or restarting storage usually needs

HEADLINES = {
    400: sentence("That made no sense"),
    403: sentence("Not allowed"),
    404: sentence("Nothing here"),
    405: sentence("Not that way"),
    408: sentence("Too slow"),
    409: sentence("Changed in the meantime"),
    413: sentence("Too big"),
    422: sentence("Not quite right"),
    429: sentence("Too often"),
    500: sentence("Something went wrong"),
    503: sentence("Busy"),
}
SENTENCES = {
    400: sentence("The request makes no sense to this site. Go back, reload the page and try again."),
    403: sentence("You may not do that here."),
    404: sentence("There is nothing at this address. It may have been moved or deleted."),
    405: sentence("This address does not take that kind of request. Go back and use the page's own buttons."),
    408: sentence(
        "What you sent came too slowly, and was cut off. Nothing was kept: send it again over a better line."
    ),
    413: sentence("That is more than this site takes at once. Send fewer or smaller photos."),
    422: sentence("Something in the form is not right. Go back and look it over."),
    429: sentence("That was too often in too short a time. Wait a little, then try again."),
    500: sentence(
        "Something went wrong on this site. It has been noted. Try again; what you typed is below if you sent any."
    ),
    503: sentence("The site is busy. Try again in a moment."),
}

# The first class that fits decides; a sentence replaces the error's own where that speaks to the operator.
STATUS: tuple[tuple[type[Exception], int, Sentence | None], ...] = (
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
        sentence("The storage is not answering just now. Nothing is lost: try again in a moment."),
    ),
    (errors.StorageError, 503, sentence("The storage is refusing to work. The site's operator has to look at it.")),
    (access.LoginRequired, 403, sentence("Adding photos here takes a password. Log in, then try again.")),
    (
        access.NotYours,
        403,
        sentence("Only whoever added this photo, from the browser they added it with, may change it."),
    ),
    (access.NoKeeper, 404, SENTENCES[404]),
    (access.HiddenByKeeper, 403, sentence("The keeper of this site hid this photo. Only they can show it again.")),
    (access.WrongPassword, 403, sentence("That is not the password.")),
    (UnknownHost, 400, sentence("This site is not served under that name. Open it by its own address.")),
    (TooManyTries, 429, None),
    (
        NoRoom,
        503,
        sentence("The site has no room for what you sent just now. Nothing was kept: send it again later."),
    ),
    (
        UnreadableForm,
        400,
        sentence(
            "This form can’t be read. If a file’s name has unusual letters, give it another one and send it again."
        ),
    ),
    (ParseException, 400, SENTENCES[400]),  # gunicorn's, of a body that is not what its headers say
    (
        CSRFError,
        400,
        sentence(
            "This form is out of date, or this browser keeps no cookies. Go back, reload the page and send it again."
        ),
    ),
)


def init_app(app: Flask) -> None:
    """Render every error."""
    for kind in (errors.ShoeboxError, access.AccessError, HTTPException, Exception):
        app.register_error_handler(kind, show)


def show(error: Exception) -> ResponseReturnValue:
    """The error as a page, or as a problem for who asked for JSON."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error  # a redirect
    if isinstance(error, access.LoginRequired) and request.method == "GET":
        return redirect(url_for("login.login", next=request.full_path.rstrip("?")), 303)
    status = status_of(error)
    if isinstance(error, RequestEntityTooLarge):
        _hear_out()
    if status >= 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    if wants_json():
        return problem(error)
    return _page(error, status), status, headers_of(error, status)


def status_of(error: Exception) -> int:
    """The HTTP status for `error`."""
    return _row(error)[0]


def sentence_of(error: Exception) -> str:
    """What happened and what to do, for the person who meets `error`."""
    status, instead = _row(error)
    return said(instead or getattr(error, "sentence", None) or SENTENCES[status])


def problem(error: Exception, **extensions: Any) -> ResponseReturnValue:
    """The error as application/problem+json (RFC 9457), with `extensions` as further members."""
    status = status_of(error)
    members = {"type": "about:blank", "title": HTTP_STATUS_CODES[status], "status": status}
    members |= {"detail": sentence_of(error), **extensions}
    return members, status, {"Content-Type": "application/problem+json", **headers_of(error, status)}


def _row(error: Exception) -> tuple[int, Sentence | None]:
    for kind, status, instead in STATUS:
        if isinstance(error, kind):
            return status, instead
    code = error.code if isinstance(error, HTTPException) and error.code else 500
    return code, _nearest(SENTENCES, code)


def _nearest(sentences: dict[int, Sentence], status: int) -> Sentence:
    return sentences.get(status, sentences[400 if status < 500 else 500])


def _page(error: Exception, status: int) -> str:
    return render_template(
        "errors/error.html",
        status=status,
        title=said(_nearest(HEADLINES, status)),
        message=sentence_of(error),
        retry_after=headers_of(error, status).get("Retry-After"),
        typed=_typed(),
    )


def headers_of(error: Exception, status: int) -> dict[str, str]:
    """Retry-After, in seconds, where coming back will help."""
    if isinstance(error, RateLimitExceeded):
        return {"Retry-After": str(site().rates.seconds_left())}
    if isinstance(error, TooManyTries):
        return {"Retry-After": str(error.seconds)}
    return {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}


def _hear_out() -> None:
    """Read what the sender is still sending: a browser reads no answer while its own sending fails."""
    left, until = min(request.content_length or 0, HEAR_OUT_BYTES), time.monotonic() + HEAR_OUT_SECONDS
    while left > 0 and time.monotonic() < until:
        try:
            chunk = request.environ["wsgi.input"].read(min(left, 2**16))
        except RequestTimeout:
            return
        if not chunk:
            return
        left -= len(chunk)


def _typed() -> list[tuple[str, str]]:
    """What was typed into the form that failed, so that nobody has to type it again; nothing where no form came."""
    if request.method != "POST":
        return []
    labels = {"title": _("Title"), "description": _("Description"), "tags": _("Tags"), "alt": _("Alternative text")}
    with suppress(HTTPException, ParseException, NoRoom, UnreadableForm):
        return [(label, text) for name, label in labels.items() if (text := request.form.get(name))]
    return []
