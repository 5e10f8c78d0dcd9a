"""People who log in with an access token instead of a password."""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.albums.album_text import AlbumText
from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor
from tests.web.auth.conftest import UPLOAD_PASSWORD
from tests.web.auth.principals.waiting_photos import waiting_photo

UNKNOWN = "shoebox_" + "0" * 40


def logged_in(app: Flask, secret: str) -> Visitor:
    visitor = Visitor(app)
    assert visitor.submit("/login", password=secret).status_code == 303
    return visitor


def new_secret(services: Services, role: Role = Role.CONTRIBUTOR, album: str | None = None) -> str:
    return services.tokens.create(f"Mina, {role}", role, album, None)[0]


def test_a_person_has_the_same_photos_in_each_browser(app: Flask, services: Services) -> None:
    """And so has a script with the token. No contributor cookie is set."""
    secret = new_secret(services)
    laptop, phone = (logged_in(app, secret) for _ in range(2))
    photo_id = laptop.add(title="Pier")
    assert not laptop.cookie("contributor")
    assert phone.submit(f"/photos/{photo_id}/edit", title="Harbor").status_code == 303
    assert photo_id in phone.get("/uploads").text
    assert "/transfer" not in phone.get("/uploads").text
    script = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
    (photo,) = Visitor(app).get("/uploads", headers=script).json["photos"]
    assert (photo["photo_id"], photo["title"]) == (photo_id, "Harbor")


def test_a_browser_with_a_token_needs_the_token_of_a_form(app: Flask, services: Services) -> None:
    """Its cookie is sent by itself, also for the form of another site."""
    visitor = logged_in(app, new_secret(services, Role.ADMIN))
    photo_id = visitor.add()
    assert visitor.post(f"/photos/{photo_id}/delete", {}).status_code == 400
    fields = visitor.fields("/upload")
    cross_site = {"Sec-Fetch-Site": "cross-site"}
    assert visitor.post(f"/photos/{photo_id}/delete", fields, cross_site).status_code == 400
    assert services.photos.get(photo_id).state == "public"


def test_revoking_a_token_ends_its_logins(app: Flask, services: Services) -> None:
    """At once. The browser is anonymous then, and no page is refused."""
    visitor = logged_in(app, new_secret(services))
    photo_id = visitor.add()
    (token,) = services.tokens.all()
    services.tokens.revoke(token)
    assert visitor.get("/").status_code == 200
    assert visitor.get("/upload").location == "/login?next=/upload"
    fields = visitor.fields("/login")
    assert visitor.post(f"/photos/{photo_id}/delete", fields).status_code == 403
    assert visitor.submit("/login", password=UPLOAD_PASSWORD).status_code == 303
    assert visitor.get("/upload").status_code == 200


def test_logging_out_ends_one_login(app: Flask, services: Services) -> None:
    """A copy of its cookie is worthless. The other browser, and the earlier photos, stay."""
    visitor = Visitor(app)
    visitor.submit("/login", password=UPLOAD_PASSWORD)
    earlier = visitor.add()
    secret = new_secret(services)
    other = logged_in(app, secret)
    visitor.submit("/login", password=secret)
    assert earlier not in visitor.get("/uploads").text
    assert "Log out" in visitor.get("/").text
    copied = visitor.cookie("session")
    assert visitor.post("/logout", visitor.fields("/upload")).location == "/"
    assert visitor.get("/upload").status_code == 303
    visitor.set_cookie("session", copied)
    assert visitor.get("/upload").status_code == 303
    assert other.get("/upload").status_code == 200
    visitor.submit("/login", password=UPLOAD_PASSWORD)
    assert earlier in visitor.get("/uploads").text


def test_a_role_is_that_of_the_token(app: Flask, services: Services) -> None:
    """That of an admin opens the admin's pages, except the one of the tokens."""
    admin = logged_in(app, new_secret(services, Role.ADMIN))
    assert admin.get("/admin").status_code == 200
    assert admin.get("/admin/tokens").status_code == 403
    person = logged_in(app, new_secret(services))
    assert person.get("/admin").status_code == 303


def test_a_token_for_an_album_fills_in_the_form(app: Flask, services: Services) -> None:
    """The page names the album, and the photo is there. Logging out is allowed."""
    album = services.albums.create("host", AlbumText("Summer party", ""))
    visitor = logged_in(app, new_secret(services, Role.CONTRIBUTOR, album.album_id))
    assert "Summer party" in visitor.get("/upload").text
    photo_id = visitor.add()
    assert services.photos.get(photo_id).membership_in(album.album_id)
    assert visitor.submit("/albums/new", title="Mine").status_code == 403
    assert visitor.post("/logout", visitor.fields("/upload")).status_code == 303


def test_a_reviewer_finds_the_photos_that_wait(app: Flask, services: Services) -> None:
    """The page of the album leads to them, and offers nothing that only its owner may do."""
    album = services.albums.create("host", AlbumText("Party", ""))
    waiting_photo(app, services, album)
    secrets = [
        new_secret(services, role, album.album_id) for role in (Role.REVIEWER, Role.CONTRIBUTOR)
    ]
    reviewer, contributor = (logged_in(app, secret) for secret in secrets)
    path = f"/albums/{album.album_id}"
    assert f'href="{path}/review"' in reviewer.get(path).text
    assert f'href="{path}/edit"' not in reviewer.get(path).text
    assert f'href="{path}/review"' not in contributor.get(path).text


@pytest.mark.parametrize("secret", [UNKNOWN, "shoebox_", "shoebox_" + "x" * 9000])
def test_a_wrong_token_is_like_a_wrong_password(app: Flask, secret: str) -> None:
    """The form says so, and there is no session."""
    visitor = Visitor(app)
    answer = visitor.submit("/login", password=secret)
    assert (answer.status_code, "Wrong password." in answer.text) == (403, True)
    assert visitor.get("/upload").status_code == 303


def test_wrong_tokens_at_the_form_are_limited(config: Config, services: Services) -> None:
    """They count together with those that scripts send."""
    app = create_app(replace(config, login_rate_limit="3 per minute"), services)
    visitor = Visitor(app)
    fields = visitor.fields("/login") | {"password": UNKNOWN}
    statuses = [visitor.post("/login", fields).status_code for _ in range(4)]
    assert statuses == [403, 403, 403, 429]
    assert visitor.get("/", headers={"Authorization": f"Bearer {UNKNOWN}"}).status_code == 429


def test_a_login_costs_two_reads(backend: Backend, app: Flask, services: Services) -> None:
    """Whether it was logged out, and whether the token was revoked."""
    visitor = logged_in(app, new_secret(services))
    if backend.clients is None:
        return
    with recorded(backend.clients) as calls:
        assert visitor.get("/albums").status_code == 200
    assert calls.counts["GetItem"] == 2


def test_a_photo_of_a_person_counts_for_the_token(config: Config, services: Services) -> None:
    """People of one network do not disturb each other."""
    app = create_app(replace(config, upload_rate_limit="1 per minute"), services)
    first, second = (
        logged_in(app, new_secret(services, role)) for role in (Role.CONTRIBUTOR, Role.ADMIN)
    )
    statuses = [visitor.upload(jpeg(90, 60)).status_code for visitor in (first, first, second)]
    assert statuses == [303, 429, 303]


def test_answers_without_a_login_do_not_vary_by_cookies(app: Flask) -> None:
    """A cache may keep pages that are the same for everyone."""
    for path in ("/openapi.json", "/robots.txt", "/sitemap.xml"):
        assert "Cookie" not in Visitor(app).get(path).headers.get("Vary", "")
