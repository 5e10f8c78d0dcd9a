"""Send 412 Precondition Failed without the file, and keep it out of caches.

Werkzeug sets the status, but leaves the body and the headers of the whole file (RFC 9110, section
15.5.13). It removes the body of 304 and of responses to HEAD itself.
"""

from flask import Flask, Response

_OF_FILES = ("Content-Type", "Content-Disposition", "Accept-Ranges")


def init_app(app: Flask) -> None:
    """Empty the responses whose precondition failed."""
    app.after_request(_empty)


def _empty(response: Response) -> Response:
    if response.status_code != 412:
        return response
    response.close()  # the file
    response.direct_passthrough = False
    response.set_data(b"")
    for name in _OF_FILES:
        response.headers.pop(name, None)
    response.headers["Cache-Control"] = "no-store"
    return response
