"""Suggest the tags of other photos while a visitor types."""

import time

from flask import Blueprint, Response, jsonify, request

from app.web.context import tag_service

MAX_SUGGESTIONS = 300  # the most used tags
MAX_AGE = 60  # seconds, in this process and in browsers


def blueprint() -> Blueprint:
    """Return a blueprint that serves `/tags.json` from a cache: one Query a minute and process."""
    suggestions = Blueprint("tag_suggestions", __name__)
    cached: list[str] = []
    expires_at = 0.0

    @suggestions.get("/tags.json")
    def index() -> Response:
        nonlocal cached, expires_at
        if time.monotonic() > expires_at:
            cached = _most_used()
            expires_at = time.monotonic() + MAX_AGE
        response = jsonify(cached)
        response.cache_control.max_age = MAX_AGE
        response.cache_control.private = True
        response.add_etag()
        response.make_conditional(request)
        return response

    return suggestions


def _most_used() -> list[str]:
    return [counted.tag for counted in tag_service().most_used(MAX_SUGGESTIONS)]
