"""Serve the OpenAPI document (https://spec.openapis.org/oas/v3.1.1.html): docs/openapi.json."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, url_for

from app.web.caching import HOUR, cache_publicly

FILE = Path(__file__).parents[3] / "docs" / "openapi.json"

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def show() -> Response:
    """Describe the JSON of this site, with its address."""
    site_url = url_for("gallery.index", _external=True).rstrip("/")
    return cache_publicly(jsonify(_document() | {"servers": [{"url": site_url}]}), HOUR)


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document
