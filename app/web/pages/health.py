"""For load balancers and operators."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.web.context import photo_service

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process serves."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Objects and catalog answer; if not, which of them does not, and why."""
    troubles = photo_service().failing_backends()
    if not troubles:
        return {"status": "ok"}
    reason = " ".join(f"{part}: {error}" for part, error in troubles.items())
    return {"status": "unavailable", "down": list(troubles), "reason": reason}, 503
