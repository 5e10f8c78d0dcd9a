"""Answer the health checks of load balancers and operators."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web.context import photo_service

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer 200: the process serves requests."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer 200 if the object store and the catalog answer, otherwise 503 with the reason."""
    failing = photo_service().failing_backends()
    if not failing:
        return {"status": "ok"}
    reason = " ".join(f"{part}: {error}" for part, error in failing.items())
    return {"status": "unavailable", "down": list(failing), "reason": reason}, 503
