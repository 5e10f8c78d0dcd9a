"""Passwords of contributors and of the admin."""

from dataclasses import replace
from io import BytesIO
from itertools import product

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, upload_password="let me add", admin_password="let me rule")


def test_reading_needs_no_password(visitor: Visitor) -> None:
    """The gallery and the tags are public."""
    assert visitor.get("/").status_code == 200
    assert visitor.get("/tags").status_code == 200


def test_upload_needs_the_password(visitor: Visitor) -> None:
    """Without it GET /upload redirects to the login and POST is a 403; then both work."""
    assert visitor.get("/upload").location == "/login?next=/upload"
    assert visitor.upload_json(jpeg()).status_code == 403
    answer = visitor.submit("/login?next=/upload", password="let me add")
    assert answer.location == "/upload"
    assert visitor.upload(jpeg()).status_code == 303


def test_a_script_without_a_login_is_sent_to_the_form(visitor: Visitor) -> None:
    """The response has the path of the login form, so that an upload can continue after it."""
    answer = visitor.upload_json(jpeg())
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["login_url"] == "/login"


def test_wrong_password_is_403(visitor: Visitor) -> None:
    """The page says that the password is wrong, and there is no session."""
    answer = visitor.submit("/login", password="guess")
    assert answer.status_code == 403
    assert "Wrong password." in answer.text
    assert visitor.get("/upload").status_code == 303


def test_login_attempts_are_limited(visitor: Visitor) -> None:
    """The eleventh attempt in a minute is a 429 with Retry-After, by form and by token."""
    fields = visitor.fields("/login")
    for _ in range(10):
        assert visitor.post("/login", fields | {"password": "guess"}).status_code == 403
    answer = visitor.post("/login", fields | {"password": "let me rule"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too many login attempts" in answer.text
    for token, accept in product(
        ("guess", "let me add", "let me rule"), ("application/json", "*/*")
    ):
        headers = JSON | {"Accept": accept, "Authorization": f"Bearer {token}"}
        assert visitor.client.post("/upload", headers=headers).status_code == 429


def test_attempts_by_token_and_form_count_together(visitor: Visitor) -> None:
    """Over the limit even the right password is rejected."""
    fields = visitor.fields("/login")
    for _ in range(20):
        assert (
            visitor.upload_json(jpeg(), headers={"Authorization": "Bearer let me add"}).status_code
            == 201
        )
    for _ in range(10):
        assert (
            visitor.upload_json(jpeg(), headers={"Authorization": "Bearer guess"}).status_code
            == 403
        )
    assert visitor.post("/login", fields | {"password": "let me rule"}).status_code == 429


def test_bearer_token_replaces_login_and_csrf_token(visitor: Visitor) -> None:
    """A script sends the password in `Authorization`."""
    headers = {"Accept": "application/json", "Authorization": "Bearer let me add"}
    answer = visitor.post("/upload", {"photo": (BytesIO(jpeg()), "a.jpg")}, headers=headers)
    assert answer.status_code == 201


def test_bearer_token_may_have_any_character(config: Config, services: Services) -> None:
    """A password in Korean works as a token and in the form."""
    visitor = Visitor(create_app(replace(config, upload_password="바다 건너"), services))
    token = "바다 건너".encode().decode("latin-1")  # as WSGI hands it on
    assert (
        visitor.upload_json(jpeg(), headers={"Authorization": f"Bearer {token}"}).status_code == 201
    )


def test_admin_may_change_every_photo(app: Flask, visitor: Visitor, service: PhotoService) -> None:
    """After a login with the admin password any photo can be edited and deleted."""
    visitor.submit("/login", password="let me add")
    photo_id = visitor.add()
    admin = Visitor(app)
    admin.submit("/login", password="let me rule")
    assert admin.submit(f"/photos/{photo_id}/edit", title="Kept").status_code == 303
    assert service.get(photo_id).title == "Kept"
    assert admin.submit(f"/photos/{photo_id}/delete").status_code == 303


def test_changed_password_ends_sessions(
    config: Config, services: Services, visitor: Visitor
) -> None:
    """A session that started with the old password may not upload."""
    visitor.submit("/login", password="let me add")
    after = Visitor(create_app(replace(config, upload_password="another"), services))
    after.set_cookie("session", visitor.cookie("session"))
    assert after.get("/upload").status_code == 303


def test_logout_ends_the_session(visitor: Visitor) -> None:
    """After the logout an upload needs the password again."""
    visitor.submit("/login", password="let me add")
    fields = visitor.fields("/upload")
    assert visitor.post("/logout", fields).status_code == 303
    assert visitor.get("/upload").status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\r\nX: y",
    ],
)
def test_login_redirects_only_to_this_site(visitor: Visitor, path: str) -> None:
    """A forged `next` redirects to the gallery."""
    answer = visitor.post(
        "/login", visitor.fields("/login") | {"password": "let me add", "next": path}
    )
    assert answer.location == "/"
