"""Choose between a page and JSON by the Accept header (RFC 9110, section 12)."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from app.web.rendering.i18n import language


def wants_json() -> bool:
    """Return whether the client prefers JSON to HTML."""
    accepted = request.accept_mimetypes
    offered = ["text/html", "application/json", "application/problem+json"]
    best = accepted.best_match(offered, "text/html")
    return best != "text/html" and accepted[best] > accepted["text/html"]


def negotiated(
    page: Callable[[], ResponseReturnValue], document: Callable[[], dict[str, Any]]
) -> Response:
    """Return the page, or the document for clients that prefer JSON.

    Args:
        page: Renders the page.
        document: Returns the values of the same page.
    """
    # Both must vary by the language: nginx keeps only one of two responses that vary differently.
    language()
    response = _json_response(document()) if wants_json() else current_app.make_response(page())
    response.vary.add("Accept")
    return response


def _json_response(document: dict[str, Any]) -> Response:
    """Return the document, or 304 if the client has this version of it."""
    response = jsonify(document)
    response.add_etag()
    response.make_conditional(request)
    return response
