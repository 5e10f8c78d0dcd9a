"""How long a visitor is made to wait for a storage that does not answer: a page 3 seconds, what changes something 20.

Letting go of a photo that was on its way to the trash or back may take a few more.

An upload's seconds begin anew with each of its files, once the file is prepared: see `PhotoLibrary.publish`.
"""

from flask import Flask, request

from app.services.deadline import set_deadline

READ_TIMEOUT = 3.0
WRITE_TIMEOUT = 20.0

_EXCEPTIONS = {"health.readyz": WRITE_TIMEOUT, "upload.create": None}


def init_app(app: Flask) -> None:
    """Count each request's seconds from its beginning."""

    @app.before_request
    def begin() -> None:
        usual = WRITE_TIMEOUT if request.method == "POST" else READ_TIMEOUT
        set_deadline(_EXCEPTIONS.get(request.endpoint or "", usual))

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        set_deadline(None)
