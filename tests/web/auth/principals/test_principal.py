"""The rights of a request with an access token.

Covers app.web.auth.principals.headers, app.web.auth.principals.logins,
app.web.auth.principals.token_review, app.web.edits.edit_fields.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.albums.album import Album, AlbumContributors, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.photo_summary import PhotoState, Role
from app.domain.tokens import access_token
from app.services.factory import Services
from app.web.auth.principals import principal
from app.web.middleware import request_log
from tests.backends import Backend
from tests.conftest import services_of
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor
from tests.web.auth.conftest import ADMIN_PASSWORD, UPLOAD_PASSWORD
from tests.web.auth.principals.script import Script

UNKNOWN = "shoebox_" + "0" * 40
NEVER = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


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


@pytest.mark.parametrize(
    "secret",
    [
        UNKNOWN,
        "shoebox_",
        "shoebox_" + "0" * 39,
        "shoebox_" + "x" * 7000,
        "shoebox_a=b",
        "shoebox_ä",
    ],
)
@pytest.mark.parametrize("path", ["/", "/uploads", "/healthz", "/no/such/page", "/admin"])
def test_a_wrong_token_is_refused_everywhere(open_app: Flask, secret: str, path: str) -> None:
    """Also where everyone may do the same without a token: its sender relies on it."""
    script = Script(open_app, secret)
    response = script.get(path)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer error=invalid_token"
    assert response.json["status"] == 401
    page = script.get(path, Accept="text/html")
    assert (page.status_code, page.mimetype) == (401, "text/html")
    assert script.upload().status_code == 401


def test_a_wrong_token_opens_no_file(open_app: Flask) -> None:
    """Files that are sent without Flask are refused too: a proxy may let all tokens pass."""
    visitor = Visitor(open_app)
    page = visitor.get(f"/photos/{visitor.add()}").text
    photos = re.findall(r'"(/media/[^" ]+)', page)
    static_files = re.findall(r'"(/static/[^" ]+)', page)
    assert static_files
    for path in (*photos, *static_files):
        for method in ("GET", "HEAD"):
            without = visitor.client.open(path, method=method, buffered=True)
            wrong = {"Authorization": f"Bearer {UNKNOWN}"}
            refused = visitor.client.open(path, method=method, headers=wrong, buffered=True)
            assert without.status_code == 200, path
            assert refused.status_code in {401, 429}, path  # wrong tokens are limited


def test_an_expired_token_is_refused(app: Flask, backend: Backend, config: Config) -> None:
    """From the second of its end on."""
    now = [datetime(2026, 11, 30, tzinfo=UTC)]
    services = services_of(backend, config, now=lambda: now[0])
    end = now[0] + timedelta(hours=1)
    secret, _ = services.tokens.create("Wall", Role.CONTRIBUTOR, None, end)
    script = Script(create_app(config, services), secret)
    assert script.get("/uploads").status_code == 200
    now[0] = end
    assert script.get("/uploads").status_code == 401


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


def test_a_token_for_one_album_adds_photos_there(app: Flask, services: Services) -> None:
    """Without the field, too. They are as the album is, and it needs no right of its owner."""
    album = services.albums.create(
        "host", AlbumText("Party", ""), visibility=AlbumVisibility.UNLISTED
    )
    other = services.albums.create(
        "host", AlbumText("Other", ""), contributors=AlbumContributors.EVERYONE
    )
    script = Script.with_token(app, services, Role.CONTRIBUTOR, album.album_id)
    photos = [
        services.photos.get(script.add(**fields)) for fields in ({}, {"album": album.album_id})
    ]
    for photo in photos:
        assert [each.album_id for each in photo.albums] == [album.album_id]
        assert photo.state is PhotoState.UNLISTED
    elsewhere = script.upload(album=other.album_id)
    assert elsewhere.status_code == 403
    assert elsewhere.json["detail"] == "This access token isn’t for that."
    services.albums.delete(services.albums.get(album.album_id))
    assert script.upload().status_code == 404


def test_a_token_for_one_album_changes_nothing_else(app: Flask, services: Services) -> None:
    """Its photos come into no other album and not into the gallery, whatever the request."""
    album = services.albums.create(
        "host", AlbumText("Party", ""), visibility=AlbumVisibility.UNLISTED
    )
    everyone = services.albums.create(
        "host", AlbumText("Other", ""), contributors=AlbumContributors.EVERYONE
    )
    script = Script.with_token(app, services, Role.CONTRIBUTOR, album.album_id)
    photo_id = script.add()
    before = services.photos.get(photo_id)
    fields = {"photo": photo_id, "album": everyone.album_id, "title": "New", "order": "added"}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint not in principal._IN_ONE_ALBUM:
            path = rule.rule
            values = {"photo_id": photo_id, "album_id": everyone.album_id}
            for name in rule.arguments:
                path = path.replace(
                    path[path.index("<") : path.index(">") + 1], values.get(name, "list")
                )
            assert script.post(path, fields).status_code in {403, 404}, path
    assert services.photos.get(photo_id) == before
    assert script.post(f"/photos/{photo_id}/delete", {}).status_code == 303


def waiting_photo(app: Flask, services: Services, album: Album) -> str:
    """Let a guest add a photo that waits for review in the album, and return its id."""
    current = services.albums.get(album.album_id)
    linked = services.guest_links.change(
        current, current.version, guest_access=GuestAccess.ADD, guest_review=True
    )
    guest = Visitor(app)
    guest.submit(f"/join/{linked.guest_code}", contributor_name="Mina")
    fields = {"photo": (BytesIO(jpeg(160, 120)), "a.jpg"), "add_duplicates": "1"}
    response = guest.post(f"/upload?guest={linked.guest_code}", fields, JSON)
    assert response.json
    return str(response.json["photos"][0]["photo_id"])


def test_a_reviewer_reviews_one_album(app: Flask, services: Services) -> None:
    """It approves and refuses there like the owner, and sees no photo that waits elsewhere."""
    texts = (AlbumText("Party", ""), AlbumText("Other", ""))
    album, other = (services.albums.create("host", text) for text in texts)
    waiting = [waiting_photo(app, services, each) for each in (album, album, other)]
    reviewer = Script.with_token(app, services, Role.REVIEWER, album.album_id)
    contributor = Script.with_token(app, services, Role.CONTRIBUTOR, album.album_id)
    pages = [reviewer.get(f"/albums/{each.album_id}/review") for each in (album, other)]
    assert [page.status_code for page in pages] == [200, 403]
    assert [reviewer.get(f"/photos/{each}").status_code for each in waiting] == [200, 200, 404]
    assert [contributor.get(f"/photos/{each}").status_code for each in waiting] == [404] * 3
    assert reviewer.post(f"/photos/{waiting[0]}/approve", {}).status_code == 303
    path = f"/albums/{album.album_id}/review/refuse"
    assert reviewer.post(path, {"photo": waiting[1]}).status_code == 303
    assert reviewer.post(f"/photos/{waiting[2]}/approve", {}).status_code == 404
    states = [services.photos.get_any_state(each).state for each in waiting]
    assert states == [PhotoState.PUBLIC, PhotoState.TRASHED, PhotoState.PENDING]
    assert services.photos.get_any_state(waiting[1]).trashed_by is Role.REVIEWER
    again = reviewer.post(f"/photos/{waiting[0]}/refuse", {})
    assert (again.status_code, "isn’t waiting" in again.json["detail"]) == (409, True)


def test_a_reviewer_sees_nothing_of_a_closed_album(app: Flask, services: Services) -> None:
    """Its pages are for the owner and the admin alone. The reviewer is back when it is opened."""
    album = services.albums.create(
        "host", AlbumText("Party", ""), visibility=AlbumVisibility.UNLISTED
    )
    waiting = waiting_photo(app, services, album)
    reviewer = Script.with_token(app, services, Role.REVIEWER, album.album_id)
    pages = (f"/albums/{album.album_id}/review", f"/photos/{waiting}")
    assert [reviewer.get(page).status_code for page in pages] == [200, 200]
    services.album_links.end_now(services.albums.get(album.album_id))
    assert [reviewer.get(page).status_code for page in pages] == [403, 404]
    assert reviewer.get(f"/albums/{album.album_id}").status_code == 410
    for action in (f"/photos/{waiting}/approve", f"/photos/{waiting}/refuse"):
        assert reviewer.post(action, {}).status_code == 404
    assert services.photos.get_any_state(waiting).state is PhotoState.PENDING


def test_wrong_tokens_are_limited(config: Config, services: Services) -> None:
    """Over the limit a right one is refused too, and both passwords still work."""
    app = create_app(replace(config, login_rate_limit="3 per minute"), services)
    right, wrong = Script.with_token(app, services, Role.CONTRIBUTOR), Script(app, UNKNOWN)
    assert [wrong.get("/").status_code for _ in range(4)] == [401, 401, 401, 429]
    limited = right.get("/")
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0
    password = Script(app, UPLOAD_PASSWORD)
    assert password.upload().status_code == 201


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


def test_nginx_gets_401_before_the_body_of_an_upload(app: Flask, script: Script) -> None:
    """It passes the error on, which is in a header: see deploy/nginx/site.conf."""
    assert script.get("/upload/permission").status_code == 204
    refused = Script(app, access_token.new_secret()).get("/upload/permission")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer ")
    assert json.loads(refused.headers["X-Upload-Problem"])["status"] == 401
