"""Public caching with revalidation."""

from flask import Flask, Response

from app.web.caching import HOUR, cache_publicly


def test_unchanged_response_is_304() -> None:
    """A client that sends the ETag gets no body again."""
    app = Flask("test")
    with app.test_request_context("/"):
        first = cache_publicly(Response("text"), HOUR)
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    with app.test_request_context("/", headers={"If-None-Match": first.headers["ETag"]}):
        again = cache_publicly(Response("text"), HOUR)
        changed = cache_publicly(Response("another text"), HOUR)
    assert (again.status_code, changed.status_code) == (304, 200)
