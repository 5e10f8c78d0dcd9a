"""Let Prometheus read the metrics."""

import hmac

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from app.domain.errors import StorageError
from app.operator_settings import MetricsAccess
from app.services.operations.site_status import Queues
from app.web.context import app_context
from app.web.middleware.rate_limits import RateLimitExceeded
from app.web.operations.status import status_service
from app.web.pages.health import is_local_client

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def show() -> ResponseReturnValue:
    """Send the metrics to those who may read them. They contain nothing about single visitors."""
    settings = app_context().config.operations
    if settings.metrics is MetricsAccess.OFF:
        abort(404)
    try:
        may_read = _may_read(settings.metrics)
    except RateLimitExceeded as error:
        return _refused("too many wrong tokens", 429, {"Retry-After": str(error.retry_after)})
    if not may_read:
        return _refused("forbidden: see docs/operations.md", 403)
    from app.web.operations.metrics import exposition  # noqa: PLC0415  only if METRICS is on

    body = b"".join(exposition(settings.metrics_worker, _queues()))
    return Response(body, content_type=_CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _may_read(who: MetricsAccess) -> bool:
    if who is MetricsAccess.LOOPBACK:
        return is_local_client()
    token = _sent_token()
    if not token:
        return False  # any page can make a browser ask for an address, so this is no guess
    expected = app_context().config.operations.metrics_token or ""
    is_right = bool(expected) and hmac.compare_digest(token.encode(), expected.encode())
    app_context().rate_limits.count_metrics_token(right=is_right)
    return is_right


def _sent_token() -> str:
    sent = request.authorization
    return (sent.token or "") if sent and sent.type == "bearer" else ""


def _refused(reason: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """Return a text: the error page would take the token for a password."""
    return Response(f"{reason}\n", status, headers, mimetype="text/plain")


def _queues() -> Queues | None:
    """Return the lengths of the queues, None if the storage does not answer."""
    try:
        return status_service().queues()
    except StorageError:
        return None
