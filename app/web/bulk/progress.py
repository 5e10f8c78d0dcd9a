"""Answer a request that has changed some of many photos with a page that continues."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from flask import Response, make_response, render_template

from app.domain.errors import StorageError
from app.web.bulk.each_photo import ItemError
from app.web.bulk.steps import refusals_of, storage_error_of
from app.web.errors import headers_of, log_server_error, status_of, user_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an action has come.

    Attributes:
        done: The number of photos that were changed, or that failed without stopping the action.
        total: The number of photos to begin with, 0 if it is not known.
        storage_error: The error that ended the request early, if any.
        refusals: The errors of single photos.
        has_progress: Whether a photo was tried, so that the next request does not repeat this one.
    """

    done: int
    total: int
    storage_error: StorageError | None = None
    refusals: Sequence[ItemError] = ()
    has_progress: bool = True

    @classmethod
    def of(cls, errors: Sequence[ItemError], *, done: int, total: int, has_progress: bool) -> Self:
        """Return the progress after a request with these errors."""
        return cls(
            done=done,
            total=total and max(total, done),
            storage_error=storage_error_of(errors),
            refusals=refusals_of(errors),
            has_progress=has_progress,
        )

    @property
    def error(self) -> Exception | None:
        """The error whose status the page has."""
        return self.storage_error or next((item.error for item in self.refusals), None)

    @property
    def continues(self) -> bool:
        """Whether the page continues by itself."""
        return self.has_progress and not self.error

    @property
    def storage_message(self) -> str:
        """The error of the storage in the visitor's language."""
        return user_message(self.storage_error) if self.storage_error else ""


def progress_page(template: str, progress: Progress, **values: Any) -> Response:
    """Return the page that continues an action, by itself if there is no error.

    Args:
        template: A template that extends `bulk/progress.html`.
        progress: How far the action has come.
        values: The other values of the template.
    """
    page = render_template(template, progress=progress, **values)
    # A browser that restores its tabs must not continue the action from its cache.
    response = make_response(page, {"Cache-Control": "private, no-store"})
    if progress.error:
        log_server_error(progress.error)
        response.status_code = status_of(progress.error)
        response.headers.update(headers_of(progress.error, response.status_code))
    return response
