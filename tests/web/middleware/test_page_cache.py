"""The app says which pages nginx may keep.

tests/https/nginx/test_page_cache.py tests nginx with it.
"""

from dataclasses import replace

import pytest

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web.middleware.page_cache import SECONDS
from tests.visitor import JSON, Visitor

HEADER = "X-Accel-Expires"


def test_public_pages_may_be_kept(visitor: Visitor) -> None:
    """They are the same for every visitor without cookies, and vary by format."""
    photo_id = visitor.add(tags="sea")
    album = visitor.submit("/albums/new", title="Lake").location
    stranger = Visitor(visitor.app)
    listings = ("/", "/tags", "/tags/sea", "/search?q=sea", "/albums", album)
    for path in (*listings, f"/photos/{photo_id}"):
        for headers in ({}, JSON):
            response = stranger.get(path, headers=headers)
            assert response.headers[HEADER] == str(SECONDS)
            assert "Accept" in response.vary
            assert HEADER not in visitor.get(path, headers=headers).headers


@pytest.mark.parametrize(
    "path", ["/upload", "/albums/mine", "/login", "/feed.xml", "/photos/none", "/healthz"]
)
def test_other_responses_are_not_kept(visitor: Visitor, path: str) -> None:
    """Forms set cookies, and an error may be over in a moment."""
    assert HEADER not in visitor.get(path).headers


def test_a_password_gets_a_page_of_its_own(visitor: Visitor) -> None:
    """A script may send the password with each request instead of a cookie."""
    headers = {"Authorization": "Bearer password"}
    assert HEADER not in visitor.get("/", headers=headers).headers


@pytest.mark.parametrize("header", ["port", "prefix"])
def test_forwarded_headers_get_a_page_of_their_own(
    config: Config, services: Services, header: str
) -> None:
    """URLs in the page depend on them if PROXY_HEADERS names them, and only then."""
    headers = {f"X-Forwarded-{header}": "1" if header == "port" else "/1"}
    for trusted in ((), (header,)):
        settings = replace(config, proxy_hops=1, proxy_headers=trusted)
        response = Visitor(create_app(settings, services)).get("/", headers=headers)
        assert response.status_code == 200
        assert (HEADER in response.headers) is (not trusted)
