"""Long-lived cookies."""

import pytest
from flask import Flask, Response

from app.web.cookies import MAX_AGE, set_long_lived_cookie


@pytest.mark.parametrize(("scheme", "is_secure"), [("http", False), ("https", True)])
def test_cookie_is_kept_as_long_as_browsers_allow(scheme: str, *, is_secure: bool) -> None:
    """It lasts 400 days, is hidden from scripts, and is Secure over TLS only."""
    with Flask("test").test_request_context("/", base_url=f"{scheme}://example.org"):
        response = Response()
        set_long_lived_cookie(response, "name", "value")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("name=value; ")
    assert f"Max-Age={MAX_AGE}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is is_secure
