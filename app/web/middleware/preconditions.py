"""Evaluate If-Match: *, send 412 Precondition Failed without the file, and keep it out of caches.

Werkzeug sets the status, but leaves the body and the headers of the whole file (RFC 9110, section
15.5.13). It removes the body of 304 and of responses to HEAD itself.
"""

from flask import Flask, Response, request

_OF_FILES = ("Content-Type", "Content-Disposition", "Accept-Ranges")


def init_app(app: Flask) -> None:
    """Fulfill If-Match: *, and empty the responses whose precondition failed."""
    app.before_request(_fulfill_any)
    app.after_request(_empty)


def _fulfill_any() -> None:
    """Remove If-Match: *, which every existing resource fulfills (RFC 9110, section 13.1.1).

    Werkzeug compares the asterisk with the entity tag. A request with If-Match ignores
    If-Unmodified-Since (section 13.1.4).
    """
    if request.headers.get("If-Match", "").strip() == "*":
        del request.environ["HTTP_IF_MATCH"]
        request.environ.pop("HTTP_IF_UNMODIFIED_SINCE", None)


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
