"""Measure each request, from the middleware and from Flask, which knows its route."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from app.web.middleware.request_log import current_upload

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from app.web.operations.metrics import SiteMetrics

FILE = "file"  # answered before Flask: static files, photos of the local backend
UNMATCHED = "unmatched"
_ROUTE = "shoebox.route"  # key of a list with the route in the WSGI environment
_UPLOAD = "upload.create"


class RequestMetrics:
    """WSGI middleware that measures the time until the response begins.

    It does not wrap the body, so that a server can send a file by itself.
    """

    def __init__(self, app: "WSGIApplication", metrics: "SiteMetrics") -> None:
        self._app = app
        self._metrics = metrics

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request and count it."""
        route = environ[_ROUTE] = [FILE]
        statuses: list[int] = []

        def record_status(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            statuses.append(int(status[:3]))
            return start_response(status, headers, *exc_info)

        started_at = time.perf_counter()
        body = self._app(environ, record_status)
        seconds = time.perf_counter() - started_at
        status = statuses[-1] if statuses else 500
        self._metrics.count_request(route[0], environ["REQUEST_METHOD"], status, seconds)
        return body


def init_app(app: Flask, metrics: "SiteMetrics") -> None:
    """Measure the requests to `app`."""

    def note_route(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        rule = request.url_rule
        request.environ[_ROUTE][0] = rule.rule if rule else UNMATCHED

    def count_upload(response: Response) -> Response:
        if request.endpoint == _UPLOAD and request.method == "POST":
            metrics.count_upload(_outcome_of(response))
        return response

    app.url_value_preprocessor(note_route)
    app.after_request(count_upload)
    app.wsgi_app = RequestMetrics(app.wsgi_app, metrics)  # type: ignore[method-assign]


def _outcome_of(response: Response) -> str:
    """Return the stage of the upload that failed, or how it ended."""
    failed_stage = current_upload().failed
    if failed_stage:
        return failed_stage.value
    return "accepted" if response.status_code < 400 else "refused"
