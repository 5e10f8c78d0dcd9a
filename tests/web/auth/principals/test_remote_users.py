"""Visitors whom a proxy names.

Covers app.remote_users.
"""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.remote_users import RemoteUsers
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor
from tests.web.auth.conftest import UPLOAD_PASSWORD

CLIENT = "198.51.100.23"


@pytest.fixture
def config(config: Config) -> Config:
    """A site without passwords behind one proxy that names its users."""
    return replace(
        config,
        upload_password=None,
        admin_password=None,
        proxy_hops=1,
        remote_users=RemoteUsers("Remote-User", ("mina", "김민아")),
    )


class User(Visitor):
    """A browser behind a proxy that adds its headers to each request."""

    def __init__(self, app: Flask, name: str = "", **environ: Any) -> None:
        super().__init__(app)
        headers = {"HTTP_X_FORWARDED_FOR": CLIENT}
        if name:
            headers["HTTP_REMOTE_USER"] = name.encode().decode("latin-1")
        self.client.environ_base |= headers | environ


def test_a_user_is_the_same_contributor_on_every_device(app: Flask, service: PhotoService) -> None:
    """Without a cookie, a password and a link. Another user is someone else."""
    photo_id = User(app, "ada").add(title="Pier")
    assert service.get(photo_id).title == "Pier"
    phone, other = User(app, "ada"), User(app, "Ada")
    assert phone.submit(f"/photos/{photo_id}/edit", title="Harbor").status_code == 303
    assert service.get(photo_id).title == "Harbor"
    assert other.get(f"/photos/{photo_id}/edit").status_code == 403
    assert photo_id in phone.get("/uploads").text
    assert photo_id not in other.get("/uploads").text
    assert not phone.cookie("contributor")


def test_a_name_is_not_stored(app: Flask, service: PhotoService, tmp_path: Any) -> None:
    """Neither in records nor in files, and no page but the user's own shows it."""
    user = User(app, "ada.lovelace")
    photo_id = user.add()
    assert "Signed in as ada.lovelace" in user.get("/").text
    assert "lovelace" not in str(service.get(photo_id).to_dict())
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"lovelace" not in stored
    stranger = User(app)
    for path in ("/", f"/photos/{photo_id}", "/feed.xml"):
        assert "lovelace" not in stranger.get(path).text


def test_a_name_decides_who_is_admin(app: Flask, service: PhotoService) -> None:
    """Those whom the setting names, exactly as it does."""
    photo_id = User(app, "ada").add()
    for name, status in (("mina", 200), ("김민아", 200), ("Mina", 303), ("ada", 303)):
        assert User(app, name).get("/admin").status_code == status, name
    User(app, "김민아").submit(f"/photos/{photo_id}/hide")
    page = User(app, "mina")
    assert page.post(f"/photos/{photo_id}/hide", page.fields("/upload")).status_code == 303
    assert service.get(photo_id).hidden_by == "admin"


def test_without_a_name_people_add_nothing(app: Flask) -> None:
    """A path that the proxy lets pass without signing in is not open to uploads."""
    stranger = User(app)
    assert stranger.get("/").status_code == 200
    assert stranger.get("/upload").location == "/login?next=/upload"
    page = stranger.get("/login").text
    assert "Open this site at the address where you sign in" in page
    assert "password" not in page.lower()
    response = stranger.post("/upload", {}, JSON)
    assert response.status_code == 403


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_X_FORWARDED_FOR": ""},
        {"HTTP_X_FORWARDED_FOR": " , "},
        {"REMOTE_ADDR": "198.51.101.7"},
        {"REMOTE_ADDR": "2a00:1450:4001::1"},
        {"REMOTE_ADDR": "::ffff:8.8.8.8"},
    ],
)
def test_a_forged_name_is_ignored(app: Flask, environ: dict[str, str]) -> None:
    """A client that reaches the app itself is no proxy, whatever it sends."""
    forger = User(app, "mina", **{"REMOTE_ADDR": "8.8.8.8"} | environ)
    assert forger.get("/admin").status_code == 303
    assert "Signed in" not in forger.get("/").text
    assert forger.get("/upload").status_code == 303


@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1", "10.1.2.3", "172.18.0.2", "fd00::7"])
def test_a_proxy_is_near_the_app(app: Flask, address: str) -> None:
    """On the machine, behind a Unix domain socket, or in a private network."""
    assert User(app, "mina", REMOTE_ADDR=address).get("/admin").status_code == 200


def test_the_header_means_nothing_without_the_setting(config: Config, services: Services) -> None:
    """Nor does it with the name of another header, or as another header of WSGI."""
    off = create_app(replace(config, remote_users=RemoteUsers(), admin_password="x" * 9), services)
    assert User(off, "mina").get("/admin").status_code == 303
    other = create_app(replace(config, remote_users=RemoteUsers("X-User", ("mina",))), services)
    assert User(other, "mina").get("/admin").status_code == 303
    assert User(other, HTTP_X_USER="mina").get("/admin").status_code == 200
    forger = User(other, **{"REMOTE_USER": "mina", "shoebox.user_name": "mina"})
    assert forger.get("/admin").status_code == 303


@pytest.mark.parametrize(
    "name",
    ["ada,mina", "ada, mina", ",", "a\tb", "a\x7fb", "x" * 256, "x" * 10_000, " mina", "a\u2028b"],
)
def test_an_invalid_name_is_refused(app: Flask, name: str) -> None:
    """Servers join two headers into one with a comma, so one of them may be forged."""
    response = User(app, name).get("/")
    assert response.status_code == 400
    assert "settings of the proxy" in response.text


def test_bytes_that_are_no_text_are_refused(app: Flask) -> None:
    """Two names must not become one by replaced characters."""
    assert User(app, HTTP_REMOTE_USER="mina\xff").get("/").status_code == 400


def test_names_that_unicode_equates_are_one(app: Flask) -> None:
    """A proxy may send decomposed letters."""
    assert User(app, "김민아").get("/admin").status_code == 200


def test_forms_of_other_sites_are_refused(app: Flask) -> None:
    """The proxy names the user for them too, so the token of the form counts."""
    user = User(app, "ada")
    assert user.post("/upload", {}).status_code == 400
    cross_site = {"Sec-Fetch-Site": "cross-site"}
    assert user.post("/upload", user.fields("/upload"), cross_site).status_code == 400


def test_no_link_carries_the_photos_of_a_user(app: Flask) -> None:
    """They are on each device. The page does not offer the link, nor to sign out browsers."""
    user = User(app, "ada")
    user.add()
    assert "/transfer" not in user.get("/uploads").text
    fields = user.fields("/upload")
    for answer in (user.post("/transfer", fields), user.get("/transfer/others")):
        assert answer.status_code == 403
        assert "signed in by name" in answer.text


def test_the_proxy_signs_out(app: Flask) -> None:
    """The page of the login says so, and there is no button that would do nothing."""
    user = User(app, "ada")
    assert "Log out" not in user.get("/").text
    page = user.get("/login").text
    assert "Signed in as ada" in page
    assert "You sign in and out where you entered your name" in page
    assert user.post("/logout", user.fields("/upload")).location == "/login"


def test_passwords_still_work(config: Config, services: Services) -> None:
    """For those who come without a name, and for a user who knows that of the admin."""
    passwords = {"upload_password": UPLOAD_PASSWORD, "admin_password": "let me rule"}
    app = create_app(replace(config, **passwords), services)
    stranger = User(app)
    stranger.submit("/login", password=UPLOAD_PASSWORD)
    assert stranger.upload(jpeg(160, 120)).status_code == 303
    user = User(app, "ada")
    assert user.get("/upload").status_code == 200
    user.submit("/login", password="let me rule")
    assert user.get("/admin").status_code == 200
    assert "Log out" in user.get("/").text


def test_a_token_of_the_proxy_is_not_a_password(config: Config, services: Services) -> None:
    """Proxies pass on the tokens of identity providers, as often as pages are opened."""
    app = create_app(replace(config, login_rate_limit="3 per minute"), services)
    user = User(app, "ada", HTTP_AUTHORIZATION="Bearer eyJhbGciOi.J9.x")
    assert [user.get("/uploads").status_code for _ in range(5)] == [200] * 5


def test_no_page_is_cached_for_others(app: Flask, config: Config, services: Services) -> None:
    """A cache of nginx does not see whom a proxy in front of it names."""
    assert "X-Accel-Expires" not in User(app, "mina").get("/").headers
    assert "X-Accel-Expires" not in User(app).get("/").headers
    usual = create_app(replace(config, remote_users=RemoteUsers()), services)
    assert "X-Accel-Expires" in User(usual).get("/").headers


def test_each_user_has_an_upload_limit(config: Config, services: Services) -> None:
    """People of one office share an address."""
    app = create_app(replace(config, upload_rate_limit="2 per minute"), services)
    first, second = User(app, "ada"), User(app, "bob")
    assert [first.upload(jpeg(90, 60)).status_code for _ in range(3)] == [303, 303, 429]
    assert second.upload(jpeg(90, 60)).status_code == 303


def test_another_key_makes_other_contributors(config: Config, services: Services) -> None:
    """The records do not show whether a name is among their owners."""
    photo_id = User(create_app(config, services), "ada").add()
    other_site = create_app(replace(config, secret_key="another secret for tests"), services)
    assert User(other_site, "ada").get(f"/photos/{photo_id}/edit").status_code == 403
