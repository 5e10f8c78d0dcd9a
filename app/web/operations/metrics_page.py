"""Let Prometheus read the metrics."""

import hmac

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from app.domain.errors import StorageError
from app.operator_settings import MetricsAccess
from app.services.operations.site_status import Queues
from app.web.context import app_context
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
    if not _may_read(settings.metrics):
        # The error page would take the token for a password.
        return Response("forbidden: see docs/operations.md\n", 403, mimetype="text/plain")
    from app.web.operations.metrics import exposition  # noqa: PLC0415  only if METRICS is on

    body = b"".join(exposition(settings.metrics_worker, _queues()))
    return Response(body, content_type=_CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _may_read(who: MetricsAccess) -> bool:
    if who is MetricsAccess.LOOPBACK:
        return is_local_client()
    expected = app_context().config.operations.metrics_token or ""
    sent = request.authorization
    token = (sent.token or "") if sent and sent.type == "bearer" else ""
    is_right = bool(expected) and hmac.compare_digest(token.encode(), expected.encode())
    app_context().rate_limits.count_attempt(right=is_right)
    return is_right


def _queues() -> Queues | None:
    """Return the lengths of the queues, None if the storage does not answer."""
    try:
        return status_service().queues()
    except StorageError:
        return None
