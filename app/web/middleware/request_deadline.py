"""Limit how long a request waits for the storage: 3 seconds for a GET, 20 for a POST.

Releasing a photo's lease and counting a photo may take a few seconds more. An upload has a deadline
for each of its files, which starts after the file is processed: see `UploadService.publish`. The
deadline of a rotation starts after its processing too.
"""

from flask import Flask, request

from app.services.deadline import set_deadline
from app.web.middleware.concurrency.slow_requests import FILE_ENDPOINTS

READ_TIMEOUT = 3.0  # seconds
WRITE_TIMEOUT = 20.0  # seconds

_EXCEPTIONS: dict[str, float | None] = {
    # A call to S3 may take longer than a page. While a ZIP file is sent, there is no deadline.
    **dict.fromkeys(FILE_ENDPOINTS, WRITE_TIMEOUT),
    "health.readyz": WRITE_TIMEOUT,  # an operator prefers a late answer to none
    "upload.create": None,  # see above
    "photos.rotate": None,  # likewise
}


def init_app(app: Flask) -> None:
    """Set a deadline before each request, and clear it afterwards."""

    @app.before_request
    def start() -> None:
        set_deadline(seconds_for(request.method, request.endpoint or ""))

    @app.teardown_request
    def clear(_error: BaseException | None) -> None:
        set_deadline(None)


def seconds_for(method: str, endpoint: str) -> float | None:
    """Return how long a request may wait for the storage, or None if it has no deadline yet."""
    timeout = WRITE_TIMEOUT if method == "POST" else READ_TIMEOUT
    return _EXCEPTIONS.get(endpoint, timeout)
