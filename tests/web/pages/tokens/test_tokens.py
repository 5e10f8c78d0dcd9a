"""The admin's page of access tokens.

Covers app.web.pages.tokens.token_form, app.services.tokens.token_service.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.domain.albums.album_text import AlbumText
from app.domain.photo_ids import new_album_id
from app.domain.photo_summary import Role
from app.domain.tokens import access_token
from app.services.factory import Services
from app.services.tokens import token_service
from tests.visitor import JSON, Visitor

PAGE = "/admin/tokens"
SECRET = re.compile(r'value="(shoebox_[0-9a-f]{40})"')


def create(admin: Visitor, **typed: Any) -> TestResponse:
    fields = {"name": "Wall", "role": "contributor", "album_address": "", "last_day": ""}
    return admin.submit(PAGE, **fields | typed)


def test_only_the_admin_manages_tokens(visitor: Visitor, services: Services) -> None:
    """Contributors see no page of it, and create and revoke nothing."""
    _secret, token = services.tokens.create("Wall", Role.CONTRIBUTOR, None, None)
    fields = visitor.fields("/upload")
    revoke = f"{PAGE}/{token.token_id}/revoke"
    for path in (PAGE, revoke):
        assert visitor.get(path).location.startswith("/login")
        assert visitor.post(path, fields | {"name": "x", "role": "admin"}).status_code == 403
    assert list(services.tokens.all()) == [token]


def test_the_secret_is_shown_once(admin: Visitor, services: Services) -> None:
    """No later page has it, no cache keeps it, and it works."""
    created = create(admin, name="Wall <b>")
    assert created.status_code == 201
    assert created.headers["Cache-Control"] == "private, no-store"
    (secret,) = SECRET.findall(created.text)
    page = admin.get(PAGE).text
    assert "Wall &lt;b&gt;" in page
    assert f"ends with {secret[-4:]}" in page
    assert secret[:-4] not in page
    found = services.tokens.find(secret)
    assert found
    assert (found.name, found.role, found.album_id) == ("Wall <b>", Role.CONTRIBUTOR, None)
    headers = {"Authorization": f"Bearer {secret}", **JSON}
    assert admin.get("/uploads", headers=headers).status_code == 200


def test_a_token_may_be_for_one_album_and_a_time(
    admin: Visitor, services: Services, app: Flask
) -> None:
    """The album is given by the address of its page, and the last day counts."""
    album = services.albums.create("host", AlbumText("Party", ""))
    address = f"https://photos.example.org/albums/{album.album_id}?after=0"
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    for number, typed in enumerate((address, album.album_id, f"/albums/{album.album_id}/wall")):
        fields = {"album_address": f" {typed} ", "last_day": f"{tomorrow}", "role": "reviewer"}
        assert create(admin, name=f"Wall {number}", **fields).status_code == 201
    for token in services.tokens.all():
        assert (token.role, token.album_id) == (Role.REVIEWER, album.album_id)
        assert token.valid_until == datetime(
            tomorrow.year, tomorrow.month, tomorrow.day, 23, 59, 59, tzinfo=UTC
        )
    page = admin.get(PAGE).text
    assert page.count("· valid until") == 3
    assert page.count(f'href="/albums/{album.album_id}"') == 3


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 61}),
        ("name", {"name": "Taken"}),
        ("role", {"role": "owner"}),
        ("role", {"role": ""}),
        ("album_address", {"album_address": "/albums/nothing"}),
        ("album_address", {"album_address": f"/albums/{new_album_id()}"}),
        ("album_address", {"album_address": "/albums/" * 5000}),
        ("album_address", {"role": "reviewer"}),
        ("album_address", {"role": "admin", "album_address": f"/albums/{new_album_id()}"}),
        ("last_day", {"last_day": "2026-02-30"}),
        ("last_day", {"last_day": "2" * 5000}),
        ("last_day", {"last_day": "2020-01-01"}),
        ("last_day", {"last_day": "0001-01-01"}),
    ],
)
def test_invalid_fields_are_named(
    admin: Visitor, services: Services, field: str, typed: dict[str, str]
) -> None:
    """Nothing is stored, and the form keeps the typed text."""
    services.tokens.create("Taken", Role.CONTRIBUTOR, None, None)
    response = create(admin, **typed)
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert len(services.tokens.all()) == 1


def test_a_site_has_a_limited_number_of_tokens(
    admin: Visitor, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revoked one makes room for another one."""
    monkeypatch.setattr(token_service, "MAX_TOKENS", 2)
    statuses = [create(admin, name=f"Wall {number}").status_code for number in range(3)]
    assert statuses == [201, 201, 422]
    services.tokens.revoke(services.tokens.all()[0])
    assert create(admin, name="Another").status_code == 201


def test_a_token_is_revoked_after_confirmation(admin: Visitor, services: Services) -> None:
    """Opening the page revokes nothing, and sending the form again does no harm."""
    (secret,) = SECRET.findall(create(admin).text)
    (token,) = services.tokens.all()
    form = f"{PAGE}/{token.token_id}/revoke"
    assert f'href="{form}"' in admin.get(PAGE).text
    assert "Wall" in admin.get(form).text
    assert services.tokens.find(secret)
    fields = admin.fields(form)
    for _ in range(2):
        assert admin.post(form, fields).location == PAGE
        assert services.tokens.find(secret) is None
    assert admin.get(form).location == PAGE
    assert admin.get(f"{PAGE}/{'x' * 500}/revoke").location == PAGE


def test_an_expired_token_is_listed(admin: Visitor, services: Services) -> None:
    """The admin sees why a script stopped, until the token is revoked."""
    secret = access_token.new_secret()
    now = datetime.now(UTC)
    services.backend.tokens.add(
        access_token.AccessToken(
            secret_hash=access_token.hash_of(secret),
            hint=access_token.hint_of(secret),
            name="Old",
            role=Role.CONTRIBUTOR,
            album_id=None,
            created_at=now - timedelta(days=2),
            valid_until=now - timedelta(days=1),
        )
    )
    assert services.tokens.find(secret) is None
    assert "expired on" in admin.get(PAGE).text


def test_the_admin_finds_the_photos_of_a_token(admin: Visitor, app: Flask) -> None:
    """The page links to them, where all of them can be hidden or deleted."""
    (secret,) = SECRET.findall(create(admin).text)
    browser = Visitor(app)
    response = browser.upload_json(b"", headers={"Authorization": f"Bearer {secret}"})
    assert response.status_code == 422
    link = re.search(r'href="(/admin/contributors/[0-9a-f]{32})"', admin.get(PAGE).text)
    assert link
    assert admin.get(link[1]).status_code == 200
