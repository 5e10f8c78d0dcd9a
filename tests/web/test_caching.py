"""Public caching with revalidation."""

import pytest
from flask import Flask, Response

from app.web.caching import HOUR, cache_publicly
from tests.visitor import Visitor


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


@pytest.mark.parametrize(
    "path", ["/robots.txt", "/manifest.webmanifest", "/feed.xml", "/sitemap.xml"]
)
def test_documents_for_programs_are_cached(visitor: Visitor, path: str) -> None:
    """They set no cookie, may be stored by any cache, and are not sent again unchanged."""
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.cache_control.public
    assert (answer.cache_control.max_age or 0) >= 300
    assert "Set-Cookie" not in answer.headers
    assert visitor.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
