"""Passwords: who may upload, who may change everything."""

from dataclasses import replace
from io import BytesIO
from itertools import product

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.photo_service import PhotoService
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, upload_password="let me add", admin_password="let me rule")


def test_reading_is_open(visitor: Visitor) -> None:
    """Gallery and tags need no password."""
    assert visitor.get("/").status_code == 200
    assert visitor.get("/tags").status_code == 200


def test_uploading_takes_the_password(visitor: Visitor) -> None:
    """Without the password the form leads to the login and a POST is a 403; with it both work."""
    assert visitor.get("/upload").location == "/login?next=/upload"
    assert visitor.upload_json(jpeg()).status_code == 403
    answer = visitor.submit("/login?next=/upload", password="let me add")
    assert answer.location == "/upload"
    assert visitor.upload(jpeg()).status_code == 303


def test_a_wrong_password_opens_nothing(visitor: Visitor) -> None:
    """A wrong password is a 403 that says so."""
    answer = visitor.submit("/login", password="guess")
    assert answer.status_code == 403
    assert "Wrong password." in answer.text
    assert visitor.get("/upload").status_code == 303


def test_guessing_is_slowed_down(visitor: Visitor) -> None:
    """The eleventh login within a minute is a 429 that says when to come back, on the form and by token alike."""
    fields = visitor.fields("/login")
    for _ in range(10):
        assert visitor.post("/login", fields | {"password": "guess"}).status_code == 403
    answer = visitor.post("/login", fields | {"password": "let me rule"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    for token, accept in product(
        ("guess", "let me add", "let me rule"), ("application/json", "*/*")
    ):
        headers = JSON | {"Accept": accept, "Authorization": f"Bearer {token}"}
        assert visitor.client.post("/upload", headers=headers).status_code == 429


def test_guesses_by_token_lock_the_form_too(visitor: Visitor) -> None:
    """Wrong passwords count together wherever they are tried, and the right one counts for nothing."""
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


def test_a_script_may_send_the_password(visitor: Visitor) -> None:
    """A bearer token does what logging in does, and needs no CSRF token."""
    headers = {"Accept": "application/json", "Authorization": "Bearer let me add"}
    answer = visitor.post("/upload", {"photo": (BytesIO(jpeg()), "a.jpg")}, headers=headers)
    assert answer.status_code == 201


def test_a_password_in_any_script_may_be_sent(config: Config, service: PhotoService) -> None:
    """A bearer token of other than ASCII letters works as it does on the form."""
    visitor = Visitor(create_app(replace(config, upload_password="바다 건너"), service))
    token = "바다 건너".encode().decode("latin-1")  # as WSGI hands it on
    assert (
        visitor.upload_json(jpeg(), headers={"Authorization": f"Bearer {token}"}).status_code == 201
    )


def test_the_admin_changes_everything(app: Flask, visitor: Visitor, service: PhotoService) -> None:
    """Whoever gave the admin password edits and deletes any photo."""
    visitor.submit("/login", password="let me add")
    photo_id = visitor.add()
    admin = Visitor(app)
    admin.submit("/login", password="let me rule")
    assert admin.submit(f"/photos/{photo_id}/edit", title="Kept").status_code == 303
    assert service.get(photo_id).title == "Kept"
    assert admin.submit(f"/photos/{photo_id}/delete").status_code == 303


def test_a_changed_password_ends_old_sessions(
    config: Config, service: PhotoService, visitor: Visitor
) -> None:
    """A session begun with the old password may not upload after the operator changed it."""
    visitor.submit("/login", password="let me add")
    after = Visitor(create_app(replace(config, upload_password="another"), service))
    cookie = visitor.client.get_cookie("session")
    assert cookie
    after.client.set_cookie("session", cookie.value)
    assert after.get("/upload").status_code == 303


def test_logging_out_closes_again(visitor: Visitor) -> None:
    """After logging out the upload takes the password again."""
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
def test_a_login_leads_nowhere_else(visitor: Visitor, path: str) -> None:
    """A forged `next` leads to the gallery."""
    answer = visitor.post(
        "/login", visitor.fields("/login") | {"password": "let me add", "next": path}
    )
    assert answer.location == "/"
