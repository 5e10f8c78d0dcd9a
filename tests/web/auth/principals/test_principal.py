"""The rights of a request with an access token.

Covers app.web.auth.principals.logins, app.web.edits.edit_fields.
"""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.photo_summary import Role
from app.services.factory import Services
from app.web.middleware import request_log
from tests.visitor import Visitor
from tests.web.auth.conftest import ADMIN_PASSWORD, UPLOAD_PASSWORD
from tests.web.auth.principals.script import Script


def test_a_script_needs_nothing_but_its_token(script: Script, services: Services) -> None:
    """It adds, lists, edits, hides and deletes its photos. No answer sets a cookie."""
    photo_id = script.add(title="Pier", tags="sea, dusk")
    path = f"/photos/{photo_id}"
    assert script.photo_ids() == [photo_id]
    answers = [
        script.post(f"{path}/edit", {"title": "Harbor"}),
        script.post(f"{path}/hide", {}),
        script.get(path),
        script.get("/uploads"),
        script.post(f"{path}/unhide", {}),
        script.post(f"{path}/delete", {}),
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 200, 200, 303, 303]
    assert all("Set-Cookie" not in answer.headers for answer in answers)
    photo = services.photos.get_any_state(photo_id)
    assert (photo.title, photo.tags, photo.state) == ("Harbor", ("sea", "dusk"), "trashed")
    assert script.photo_ids("/uploads/deleted") == [photo_id]


def test_an_edit_by_a_script_answers_errors_as_json(script: Script, services: Services) -> None:
    """A version that is not the current one conflicts, and a long title changes nothing."""
    path = f"/photos/{script.add(title='Pier')}/edit"
    stale = script.post(path, {"title": "Harbor", "version": "0"})
    too_long = script.post(path, {"title": "x" * 5000})
    assert (stale.status_code, too_long.status_code) == (409, 422)
    assert stale.mimetype == too_long.mimetype == "application/problem+json"
    assert "title" in too_long.json["detail"]
    assert services.photos.get(path.split("/")[2]).title == "Pier"


def test_photos_stay_when_their_token_is_revoked(
    script: Script, app: Flask, services: Services
) -> None:
    """Another token with the same name has none of them."""
    photo_id = script.add()
    (token,) = services.tokens.all()
    services.tokens.revoke(token)
    assert script.get("/uploads").status_code == 401
    assert Visitor(app).get(f"/photos/{photo_id}").status_code == 200
    secret, _ = services.tokens.create(token.name, token.role, None, None)
    other = Script(app, secret)
    assert other.photo_ids() == []
    assert other.post(f"/photos/{photo_id}/delete", {}).status_code == 403


def test_cookies_do_not_count_for_a_token(app: Flask, script: Script, services: Services) -> None:
    """Neither the login, nor whose photos a browser has, nor a guest link."""
    browser = Visitor(app)
    browser.submit("/login", password=ADMIN_PASSWORD)
    own = browser.add()
    album = services.albums.create("host", AlbumText("Party", ""))
    album = services.guest_links.change(album, album.version, guest_access=GuestAccess.ADD)
    browser.submit(f"/join/{album.guest_code}")
    headers = {"Authorization": f"Bearer {script.secret}", "Accept": "application/json"}
    listed = browser.get("/uploads", headers=headers)
    assert listed.json["photos"] == []
    assert "Set-Cookie" not in listed.headers
    assert browser.post(f"/photos/{own}/delete", {}, headers).status_code == 403
    assert browser.get("/admin", headers=headers).status_code == 403
    as_guest = browser.post(f"/upload?guest={album.guest_code}", {}, headers)
    assert as_guest.status_code == 403


def test_a_page_of_another_site_cannot_use_a_token(app: Flask, script: Script) -> None:
    """A browser sends no token by itself, so headers of browsers do not matter with one."""
    cross_site = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert script.post("/upload", {}, **cross_site).status_code == 422
    assert Visitor(app).post("/upload", {}, cross_site).status_code == 400
    preflight = script.client.options("/upload", headers=cross_site)
    assert "Access-Control-Allow-Origin" not in preflight.headers


def test_a_contributor_is_no_admin(script: Script, stranger: Visitor, app: Flask) -> None:
    """A token of an admin changes photos of others. No token manages tokens."""
    browser = Visitor(app)
    browser.submit("/login", password=UPLOAD_PASSWORD)
    photo_id = browser.add()
    assert script.post(f"/photos/{photo_id}/hide", {}).status_code == 403
    for path in ("/admin", "/admin/tokens", f"/admin/contributors/{'0' * 32}"):
        assert script.get(path).status_code == 403


def test_a_token_of_an_admin(app: Flask, services: Services, script: Script) -> None:
    """It changes all photos, but creates no tokens: revoking it ends all that it can do."""
    admin = Script.with_token(app, services, Role.ADMIN)
    photo_id = script.add()
    assert admin.get("/admin", Accept="text/html").status_code == 200
    assert admin.post(f"/photos/{photo_id}/hide", {}).status_code == 303
    assert services.photos.get(photo_id).hidden_by is Role.ADMIN
    assert admin.get("/admin/tokens").status_code == 403
    assert admin.post("/admin/tokens", {"name": "More", "role": "admin"}).status_code == 403
    (token,) = (each for each in services.tokens.all() if each.role is Role.ADMIN)
    revoke = f"/admin/tokens/{token.token_id}/revoke"
    assert admin.post(revoke, {}).status_code == 403
    assert len(services.tokens.all()) == 2


def test_a_site_without_an_admin_has_no_token_of_one(
    config: Config, services: Services, script: Script
) -> None:
    """If the operator removes the password, nothing else manages the site."""
    app = create_app(replace(config, admin_password=None), services)
    admin = Script.with_token(app, services, Role.ADMIN)
    photo_id = script.add()
    assert admin.get("/admin").status_code == 404
    assert admin.post(f"/photos/{photo_id}/hide", {}).status_code == 403


def test_each_token_has_its_own_upload_limit(config: Config, services: Services) -> None:
    """Scripts of one address do not disturb each other."""
    app = create_app(replace(config, upload_rate_limit="2 per minute"), services)
    first, second = (Script.with_token(app, services, Role.CONTRIBUTOR) for _ in range(2))
    assert [first.upload().status_code for _ in range(3)] == [201, 201, 429]
    assert second.upload().status_code == 201


def test_the_log_names_a_token_by_its_id(
    script: Script, services: Services, monkeypatch: pytest.MonkeyPatch, config: Config
) -> None:
    """Neither its name nor its secret. Other requests have no such field."""
    lines: list[str] = []
    monkeypatch.setattr(request_log, "to_stdout", lines.append)
    app = create_app(replace(config, request_log=True), services)
    Script(app, script.secret).get("/uploads")
    Visitor(app).get("/")
    (token,) = services.tokens.all()
    assert f'"token":"{token.token_id}"' in lines[0]
    assert token.name not in lines[0]
    assert script.secret[:20] not in lines[0]
    assert '"token"' not in lines[1]


def test_the_name_of_a_token_is_not_public(script: Script, services: Services, app: Flask) -> None:
    """No page of a photo, and nothing that is stored with it, has the name."""
    photo_id = script.add()
    (token,) = services.tokens.all()
    assert token.name not in str(services.photos.get(photo_id).to_dict())
    for path in ("/", f"/photos/{photo_id}", "/feed.xml"):
        assert token.name not in Visitor(app).get(path).text
