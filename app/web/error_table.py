"""Map errors to HTTP status codes and to the messages that visitors read."""

from dataclasses import dataclass

from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException

from app.domain import errors
from app.domain.messages import Message, message
from app.web.auth import access_errors, guest_access
from app.web.auth.transfer_links import InvalidTransferLink
from app.web.middleware.form_parser import NotAForm, TempSpaceFull, UnreadableForm
from app.web.middleware.rate_limits import RateLimitExceeded
from app.web.refusals import RequestRefused

TITLES = {
    400: message("Bad request"),
    401: message("Token not accepted"),
    403: message("You can’t do that here"),
    404: message("Nothing here"),
    405: message("That didn’t work"),
    408: message("Timed out"),
    409: message("Changed in the meantime"),
    410: message("This link no longer works"),
    413: message("Too large"),
    422: message("Check the form"),
    429: message("Too many tries"),
    500: message("Something went wrong"),
    503: message("Busy"),
}
MESSAGES = {
    400: message("We couldn’t read that request. Go back, reload the page and try again."),
    401: message("This access token is unknown, revoked or expired."),
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


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """How the app answers an error: the status code and the text for the visitor."""

    status: int
    message: Message


@dataclass(frozen=True, slots=True)
class Row:
    """One class of errors and the response to it.

    Without `message` the visitor reads the error's own message. Rows for errors whose own message
    is written for the operator set one.
    """

    error: type[Exception]
    status: int
    message: Message | None = None


# The first row whose class matches applies, so a subclass comes before its base class.
ERRORS = (
    Row(errors.InvalidText, 422),
    Row(errors.FileTooLarge, 413),
    Row(errors.ImageTooLarge, 413),
    Row(errors.QuotaReached, 403),
    Row(errors.InvalidUpload, 422),
    Row(errors.PhotoNotFound, 404),
    Row(errors.AlbumNotFound, 404),
    Row(errors.GuestLinkNotFound, 404),
    Row(errors.GuestLinkEnded, 410),
    Row(errors.AlbumClosed, 410),
    Row(errors.EditConflict, 409),
    Row(errors.AlbumConflict, 409),
    Row(errors.HiddenByAdmin, 403),
    Row(errors.DeletedByAdmin, 403),
    Row(errors.DeletedByReviewer, 403),
    Row(errors.AwaitingReview, 403),
    Row(errors.Busy, 503),
    Row(errors.AlreadyPublished, 409),
    Row(errors.InternalError, 500),
    Row(
        errors.StorageUnavailable,
        503,
        message("Storage isn’t answering. Nothing is lost: try again in a moment."),
    ),
    Row(
        errors.StorageError,
        503,
        message("Storage isn’t available. Please tell the site’s manager."),
    ),
    Row(access_errors.LoginRequired, 403, message("Log in to add photos.")),
    Row(
        access_errors.NotOwner,
        403,
        message(
            "Only the person who added this photo can change it, in the browser they used. "
            "“Your uploads” in that browser can make a link for another one."
        ),
    ),
    Row(
        access_errors.NotAlbumOwner,
        403,
        message(
            "Only the host of this album can change it, in the browser they used. "
            "“Your uploads” in that browser can make a link for another one."
        ),
    ),
    Row(
        guest_access.NotGuest,
        403,
        message("Open the link that you got from the host again, and choose “Add photos” there."),
    ),
    Row(
        access_errors.NotReviewer, 403, message("Only the host of the album can review this photo.")
    ),
    Row(access_errors.TokenRejected, 401, MESSAGES[401]),
    Row(
        access_errors.NotWaiting,
        409,
        message("This photo isn’t waiting for review. Someone else may have approved it already."),
    ),
    Row(access_errors.NotAllowedByToken, 403, message("This access token isn’t for that.")),
    Row(
        access_errors.NoCookieNeeded,
        403,
        message(
            "You’re signed in by name, so your uploads are the same on each of your devices. You "
            "need no link."
        ),
    ),
    Row(access_errors.AdminDisabled, 404, MESSAGES[404]),
    Row(access_errors.WrongPassword, 403, message("Wrong password.")),
    Row(RequestRefused, 400),
    Row(
        InvalidTransferLink,
        410,
        message(
            "This link was used already or has expired. Open “Your uploads” in the browser that "
            "has the uploads, and create another link."
        ),
    ),
    Row(RateLimitExceeded, 429),
    Row(
        TempSpaceFull,
        503,
        message("The site is out of space; nothing was saved. Try again later."),
    ),
    Row(
        NotAForm,
        400,
        message(
            "Send the fields as a form: as multipart/form-data or "
            "application/x-www-form-urlencoded."
        ),
    ),
    Row(
        UnreadableForm,
        400,
        message(
            "We couldn’t read this form. If a file name has unusual characters, rename "
            "the file and try again."
        ),
    ),
    Row(ParseException, 400, MESSAGES[400]),  # gunicorn: the body contradicts its headers
)


def response_to(error: Exception) -> ErrorResponse:
    """Return the status code and the message for `error`; 500 for one that no row matches."""
    for row in ERRORS:
        if isinstance(error, row.error):
            own_message: Message | None = getattr(error, "message", None)
            text = row.message or own_message or MESSAGES[row.status]
            return ErrorResponse(row.status, text)
    status = error.code if isinstance(error, HTTPException) and error.code else 500
    return ErrorResponse(status, _for_status(MESSAGES, status))


def title_of(status: int) -> Message:
    """Return the title of the error page."""
    return _for_status(TITLES, status)


def _for_status(texts: dict[int, Message], status: int) -> Message:
    """Return the text of `status`, or that of 400 or 500 for the statuses of each class."""
    general = 400 if status < 500 else 500
    return texts.get(status, texts[general])
