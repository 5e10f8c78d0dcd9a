"""For load balancers and operators."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.domain.errors import StorageError
from app.web.errors import status_of
from app.web.site import library

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process serves."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Objects and catalog answer; if not, the reason."""
    try:
        library().ping()
    except StorageError as error:
        return {"status": "unavailable", "reason": str(error)}, status_of(error)
    return {"status": "ok"}
