"""The app says which pages nginx may keep. tests/https/test_nginx.py tests nginx with it."""

import pytest

from app.web.middleware.page_cache import SECONDS
from tests.visitor import Visitor

HEADER = "X-Accel-Expires"


def test_public_pages_may_be_kept(visitor: Visitor) -> None:
    """They are the same for every visitor without cookies."""
    photo_id = visitor.add(tags="sea")
    stranger = Visitor(visitor.app)
    for path in ("/", f"/photos/{photo_id}", "/tags", "/tags/sea", "/search?q=sea"):
        assert stranger.get(path).headers[HEADER] == str(SECONDS)
        assert HEADER not in visitor.get(path).headers


@pytest.mark.parametrize("path", ["/upload", "/login", "/feed.xml", "/photos/none", "/healthz"])
def test_other_responses_are_not_kept(visitor: Visitor, path: str) -> None:
    """Forms set cookies, and an error may be over in a moment."""
    assert HEADER not in visitor.get(path).headers


def test_a_password_gets_a_page_of_its_own(visitor: Visitor) -> None:
    """A script may send the password with each request instead of a cookie."""
    headers = {"Authorization": "Bearer password"}
    assert HEADER not in visitor.get("/", headers=headers).headers
