"""Publish the files of one form. Each file succeeds or fails separately."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from werkzeug.datastructures import FileStorage

from app.domain.batches import Batch
from app.domain.errors import Busy, InternalError, InvalidUpload, StorageError
from app.domain.messages import message
from app.domain.photo import Photo
from app.domain.upload import UploadRequest, UploadResult
from app.web.context import app_context, upload_service
from app.web.errors import log_server_error, user_message
from app.web.middleware import form_limits
from app.web.middleware.client_connection import is_client_connected
from app.web.middleware.rate_limits import RateLimitExceeded

# Seconds after which no further file of a form is processed, with those in the queue of forms.
FORM_TIMEOUT = 60.0


class FormTimeout(Busy):
    """The files of a form took too long; the remaining ones were not processed."""

    def __init__(self) -> None:
        super().__init__(message("The other photos took too long. Send this one again."))


class ClientDisconnected(Exception):
    """The client closed the connection; no one reads the response."""


@dataclass(frozen=True, slots=True)
class UploadError:
    """A file that was not published, and why."""

    filename: str
    error: Exception

    @property
    def message(self) -> str:
        """Return the reason and the remedy."""
        return user_message(self.error)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that was not published because a photo of the same file was here already.

    Attributes:
        filename: The name of the file.
        photo: That photo.
        album_note: Whether the photo is in the album of the form now, and why it is not. Empty if
            the form has no album.
    """

    filename: str
    photo: Photo
    album_note: str = ""


@dataclass(frozen=True, slots=True)
class FormResult:
    """The files of a form that were published, those that were not, and texts about all of them."""

    batch: Batch | None = None
    published: list[UploadResult] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    failures: list[UploadError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, filename: str, answer: UploadResult) -> None:
        """Add a file that did not fail."""
        if answer.is_skipped:
            self.skipped.append(SkippedFile(filename, answer.photo))
        else:
            self.published.append(answer)


def publish_files(
    files: Sequence[FileStorage],
    batch: Batch,
    to_request: Callable[[int, FileStorage], UploadRequest],
) -> FormResult:
    """Publish the files one after the other, until one reason fails all that remain.

    Args:
        files: The files of the form.
        batch: The batch of the form.
        to_request: Returns the upload of a file, which is its second argument. The first one is the
            number of the file in the form, from 0.
    """
    result = FormResult(batch)
    deadline = monotonic() + FORM_TIMEOUT - form_limits.seconds_in_queue()
    for number, file in enumerate(files):
        try:
            _check_form(number, deadline)
            result.add(file.filename or "", upload_service().publish(to_request(number, file)))
        except (InvalidUpload, InternalError) as error:
            log_server_error(error)
            result.failures.append(UploadError(file.filename or "", error))
        except (Busy, StorageError, RateLimitExceeded, ClientDisconnected) as error:
            log_server_error(error)
            remaining = files[number:]
            result.failures.extend(UploadError(file.filename or "", error) for file in remaining)
            break
    return result


def _check_form(files_done: int, deadline: float) -> None:
    """Check whether the next file may be processed; the view has counted the first one."""
    if not is_client_connected():
        raise ClientDisconnected
    if monotonic() > deadline:
        raise FormTimeout
    rate_limits = app_context().rate_limits
    rate_limits.check_decoding()
    if files_done:
        rate_limits.count_upload()
