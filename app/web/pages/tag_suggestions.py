"""Tags that other photos carry, for who is typing some."""

import time

from flask import Blueprint, Response, jsonify

from app.web.context import photo_service

MAX_SUGGESTIONS = 300  # those with most photos
MAX_AGE = 60  # seconds, in this process and in browsers


def blueprint() -> Blueprint:
    """Serve `/tags.json`: a Query a minute and process, however many people are typing."""
    suggestions = Blueprint("tag_suggestions", __name__)
    kept: list[tuple[float, list[str]]] = []

    @suggestions.get("/tags.json")
    def index() -> Response:
        if not kept or time.monotonic() > kept[0][0] + MAX_AGE:
            kept[:] = [(time.monotonic(), _most_used())]
        response = jsonify(kept[0][1])
        response.cache_control.max_age = MAX_AGE
        response.cache_control.private = True
        return response

    return suggestions


def _most_used() -> list[str]:
    return [
        tag.tag
        for tag in sorted(photo_service().tags(), key=lambda tag: -tag.count)[:MAX_SUGGESTIONS]
    ]
