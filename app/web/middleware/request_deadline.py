"""Limit how long a request waits for the storage: 3 seconds for a GET, 20 for a POST.

Releasing a photo's lease and counting a photo may take a few seconds more. An upload has a deadline
for each of its files, which starts once the file is processed: see `UploadService.publish`. So does
the deadline of a rotation.
"""

from flask import Flask, request

from app.services.deadline import set_deadline

READ_TIMEOUT = 3.0  # seconds
WRITE_TIMEOUT = 20.0  # seconds

_EXCEPTIONS: dict[str, float | None] = {
    "health.readyz": WRITE_TIMEOUT,  # an operator prefers a late answer to none
    "photo_files.show": WRITE_TIMEOUT,  # a call to S3 may take longer than a page
    "store_media.file": WRITE_TIMEOUT,  # likewise
    "zip_files.show": WRITE_TIMEOUT,  # for the records; no deadline while the file is sent
    "upload.create": None,  # see above
    "photos.rotate": None,  # likewise
}


def init_app(app: Flask) -> None:
    """Set a deadline before each request, and clear it afterwards."""

    @app.before_request
    def start() -> None:
        timeout = WRITE_TIMEOUT if request.method == "POST" else READ_TIMEOUT
        set_deadline(_EXCEPTIONS.get(request.endpoint or "", timeout))

    @app.teardown_request
    def clear(_error: BaseException | None) -> None:
        set_deadline(None)
