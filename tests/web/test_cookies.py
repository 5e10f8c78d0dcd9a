"""Names of cookies, and long-lived cookies."""

from dataclasses import replace
from secrets import token_hex
from typing import Any

import pytest
from flask import Flask, Response

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.web.cookies import MAX_AGE, set_long_lived_cookie, sign, verified
from tests.sample_images import jpeg
from tests.visitor import Visitor

OTHER_SECRET = "the secret of another site"
PREFIX = "__Host-"


def cookies_of(app: Flask, **request: Any) -> list[str]:
    """Return the cookies that one request sets: contributor, session and language."""
    answer = app.test_client().get("/upload?lang=ko", **request)
    return answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize(("scheme", "is_secure"), [("http", False), ("https", True)])
def test_cookie_is_kept_as_long_as_browsers_allow(scheme: str, *, is_secure: bool) -> None:
    """It lasts 400 days, is hidden from scripts, and is Secure over TLS only."""
    app = Flask("test")
    app.secret_key = OTHER_SECRET
    with app.test_request_context("/", base_url=f"{scheme}://example.org"):
        response = Response()
        set_long_lived_cookie(response, "name", "value")
    cookie = response.headers["Set-Cookie"]
    assert "name-" in cookie.partition("=")[0]
    assert f"Max-Age={MAX_AGE}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is is_secure


def test_two_sites_on_one_host_keep_their_cookies_apart(
    app: Flask, config: Config, services: Services
) -> None:
    """Browsers send cookies to every port. Neither site overwrites the other's owner or login."""
    sites = [app, create_app(replace(config, secret_key=OTHER_SECRET), services)]
    browser = Visitor(app)
    photos = []
    for site in (*sites, *sites):
        browser.client.application = site
        photos.append((site, browser.upload(jpeg(80 + len(photos), 60)).location))
    for site, photo in photos:
        browser.client.application = site
        assert browser.get(f"{photo}/edit").status_code == 200


def test_every_cookie_is_named_after_the_site(
    app: Flask, config: Config, services: Services
) -> None:
    """Two sites share no cookie name, and the name does not change with a restart."""
    other = create_app(replace(config, secret_key=OTHER_SECRET), services)
    names, again, others = (
        {cookie.partition("=")[0] for cookie in cookies_of(site)}
        for site in (app, create_app(config, services), other)
    )
    assert len(names) == 3
    assert names == again
    assert not names & others


@pytest.mark.parametrize("base_url", ["https://photos.localhost", "https://localhost/photos"])
def test_cookies_over_tls_meet_the_rules_of_their_prefix(app: Flask, base_url: str) -> None:
    """Browsers store a `__Host-` cookie only if it is Secure, for `/`, and has no Domain."""
    cookies = cookies_of(app, base_url=base_url)
    assert len(cookies) == 3
    for cookie in cookies:
        attributes = cookie.split("; ")[1:]
        assert cookie.startswith(PREFIX)
        assert {"Secure", "Path=/"} <= set(attributes)
        assert not any(attribute.startswith("Domain") for attribute in attributes)


def test_cookies_over_plain_http_have_no_prefix(app: Flask) -> None:
    """Browsers would reject them."""
    assert [cookie for cookie in cookies_of(app) if PREFIX in cookie] == []


def test_cookie_of_plain_http_is_not_read_over_tls(app: Flask, visitor: Visitor) -> None:
    """An attacker in the network can plant a cookie over plain HTTP. It owns nothing over TLS."""
    photo = visitor.upload(jpeg()).location
    for name in (
        visitor.cookie_name("contributor"),
        f"{PREFIX}{visitor.cookie_name('contributor')}",
    ):
        planted = app.test_client(use_cookies=False)
        headers = {"Cookie": f"{name}={visitor.cookie('contributor')}"}
        page = planted.get(f"{photo}/edit", headers=headers, base_url="https://localhost")
        assert page.status_code == 403, name


def test_signed_text_is_valid_for_its_salt_and_its_site_alone() -> None:
    """What was read before decides nothing: another salt, site or text is checked for itself."""
    texts = []
    for secret in ("the secret of this site", OTHER_SECRET):
        app = Flask("test")
        app.secret_key = secret
        with app.test_request_context("/"):
            assert [verified("guest", text) for text in texts] == [None] * len(texts)
            texts.append(sign("guest", ["a code"]))
            assert verified("guest", texts[-1]) == ["a code"]
            assert verified("contributor", texts[-1]) is None
            assert verified("guest", f"{texts[-1]}A") is None


def test_long_text_is_not_verified() -> None:
    """No cookie of this site has more than 1000 characters, so a longer one is not read."""
    app = Flask("test")
    app.secret_key = OTHER_SECRET
    with app.test_request_context("/"):
        assert verified("guest", sign("guest", token_hex(400))) is not None
        assert verified("guest", sign("guest", token_hex(1000))) is None
