"""No text in a header makes someone another person, and none is an error of the site."""

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from app.config import Config
from app.domain.photo_summary import Role
from app.remote_users import RemoteUsers
from app.services.factory import Services
from app.web.auth.principals import principal
from tests.visitor import Visitor

# WSGI servers pass on any byte but those that end a header.
HEADERS = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=300)
NAMES = st.one_of(HEADERS, st.sampled_from(["mina", "MINA", "mina,", "mina, mina", "\u212b"]))
EACH_APP = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def site(config: Config, services: Services) -> Flask:
    users = RemoteUsers("Remote-User", ("mina",))
    many = "100000 per minute"
    changed = replace(config, remote_users=users, proxy_hops=1, login_rate_limit=many)
    return create_app(changed, services)


@EACH_APP
@given(name=NAMES, forwarded=st.sampled_from(["198.51.100.1", "", ",", " "]))
def test_only_the_name_of_an_admin_opens_the_page(
    config: Config, services: Services, name: str, forwarded: str
) -> None:
    """And only through the proxy. Other names are contributors, or are refused."""
    client = Visitor(site(config, services)).client
    sent = name.encode().decode("latin-1")
    environ = {"HTTP_REMOTE_USER": sent, "HTTP_X_FORWARDED_FOR": forwarded}
    status = client.get("/admin", environ_overrides=environ).status_code
    is_admin = name == "mina" and forwarded == "198.51.100.1"
    assert (status == 200) is is_admin
    assert status in {200, 303, 400}


@EACH_APP
@given(text=HEADERS, scheme=st.sampled_from(["Bearer ", "bearer  ", "Bearer shoebox_", "Basic "]))
def test_only_a_token_is_a_principal(
    config: Config, services: Services, text: str, scheme: str
) -> None:
    """Everything else that begins like one is refused, and a password is no principal."""
    app = site(config, services)
    environ = {"HTTP_AUTHORIZATION": scheme + text}
    status = Visitor(app).client.get("/tags", environ_overrides=environ).status_code
    begins_like_one = scheme.lower() != "basic " and (scheme + text).split(" ", 1)[
        1
    ].strip().startswith("shoebox_")
    assert status == (401 if begins_like_one else 200)


def test_ignored_names_are_logged_without_addresses_and_rarely(
    config: Config, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    """Any client can send them, as often as it likes."""
    client = Visitor(site(config, services)).client
    for number in range(5):
        peer = f"8.8.8.{number}"
        sent = {"HTTP_REMOTE_USER": "mina", "REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": peer}
        client.get("/tags", environ_overrides=sent)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line == "a user name was ignored: its sender is no proxy of this site"


def test_a_token_goes_before_a_name(config: Config, services: Services) -> None:
    """A script behind the proxy of its user has the rights of the token alone."""
    app = site(config, services)
    secret, token = services.tokens.create("Wall", Role.CONTRIBUTOR, None, None)
    headers = {
        "Authorization": f"Bearer {secret}",
        "Remote-User": "mina",
        "X-Forwarded-For": "198.51.100.1",
    }
    with app.test_client() as client:
        assert client.get("/admin", headers=headers).status_code == 303
        current = principal.current()
        assert current
        assert (current.token, current.user_name) == (token, "")
