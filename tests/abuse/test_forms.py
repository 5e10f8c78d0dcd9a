"""Forged, replayed and cross-site forms change nothing, or change it only once."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import Visitor

TLS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
SITE = "https://photos.example.org"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password="let me rule")


def photo_field() -> tuple[BytesIO, str]:
    return BytesIO(jpeg(80, 60)), "a.jpg"


ACTIONS = ["edit", "hide", "unhide", "delete", "restore"]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_form_without_a_csrf_token_changes_nothing(
    visitor: Visitor, service: PhotoService, action: str
) -> None:
    """Another site can make a browser send cookies, but it does not know the token."""
    photo_id = visitor.add(title="As it was")
    before = service.get_any_state(photo_id)
    response = visitor.post(f"/photos/{photo_id}/{action}", {"title": "Forged", "version": "1"})
    assert response.status_code == 400
    assert service.get_any_state(photo_id) == before


@pytest.mark.parametrize(
    "path",
    [
        "/upload",
        "/login",
        "/logout",
        "/photos/select/tags",
        "/photos/select/delete",
    ],
)
def test_every_form_needs_a_csrf_token(visitor: Visitor, path: str) -> None:
    """Login and logout forms need it too."""
    assert (
        visitor.post(path, {"password": "let me rule", "photo": photo_field()}).status_code == 400
    )


def test_every_post_endpoint_needs_a_csrf_token(app: Flask) -> None:
    """No endpoint accepts POST without a token, and none accepts other unsafe methods."""
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(posts) > 8
    visitor = Visitor(app)
    for rule in posts:
        path = rule.rule.replace("<photo_id>", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        assert visitor.post(path, {}).status_code == 400, path
    other = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert other == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_csrf_token_of_another_session_is_refused(
    app: Flask, visitor: Visitor, backend: Backend
) -> None:
    """A token is valid only in the session it was made for."""
    attacker = Visitor(app)
    stolen = attacker.fields("/upload")
    visitor.get("/upload")
    assert visitor.post("/upload", stolen | {"photo": photo_field()}).status_code == 400
    assert list(backend.catalog.photos()) == []


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://photos.example.org", "https://photos.example.org:444"],
)
def test_a_form_from_another_origin_is_refused(
    config: Config, services: Services, backend: Backend, origin: str
) -> None:
    """Even a form with a valid token must come from the same origin."""
    visitor = Visitor(create_app(replace(config, proxy_hops=1), services))
    page = visitor.get("/upload", headers=TLS, base_url=SITE)
    token = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    responses = [
        visitor.client.post(
            "/upload",
            data={"csrf_token": token, "photo": photo_field()},
            headers=TLS | {"Origin": sender},
            base_url=SITE,
        )
        for sender in (origin, SITE)
    ]
    assert [response.status_code for response in responses] == [400, 303]
    assert len(list(backend.catalog.photos())) == 1


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "application/x-www-form-urlencoded"]
)
def test_simple_cross_origin_requests_are_refused(visitor: Visitor, content_type: str) -> None:
    """Content types that browsers send to other origins without a preflight are refused."""
    headers = {"Origin": "https://evil.example"}
    response = visitor.client.post(
        "/upload", data=b"title=x", content_type=content_type, headers=headers
    )
    assert response.status_code == 400


def test_cors_preflight_requests_are_not_allowed(visitor: Visitor) -> None:
    """Custom headers require a preflight, and no response allows it."""
    preflight = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-requested-with",
    }
    response = visitor.client.options("/upload", headers=preflight)
    assert not [name for name, _ in response.headers if name.startswith("Access-Control")]


def test_a_replayed_upload_form_makes_one_photo(visitor: Visitor, backend: Backend) -> None:
    """The same form and file, sent five times, redirect to one photo."""
    fields, body = visitor.fields("/upload"), jpeg(80, 60)
    responses = [
        visitor.post("/upload", fields | {"photo": (BytesIO(body), "a.jpg")}) for _ in range(5)
    ]
    assert len({response.location for response in responses}) == 1
    assert len(list(backend.catalog.photos())) == 1


def test_a_replayed_edit_form_is_a_conflict(visitor: Visitor, service: PhotoService) -> None:
    """An old form gets 409 and does not overwrite later changes."""
    photo_id = visitor.add(title="First")
    old = visitor.fields(f"/photos/{photo_id}/edit") | {"title": "Second"}
    assert visitor.post(f"/photos/{photo_id}/edit", old).status_code == 303
    assert visitor.submit(f"/photos/{photo_id}/edit", title="Third").status_code == 303
    assert visitor.post(f"/photos/{photo_id}/edit", old).status_code == 409
    assert service.get(photo_id).title == "Third"


def test_a_replayed_delete_form_can_be_undone(visitor: Visitor, service: PhotoService) -> None:
    """A photo that is deleted twice can be restored once."""
    photo_id = visitor.add()
    form = visitor.fields(f"/photos/{photo_id}/delete")
    assert [visitor.post(f"/photos/{photo_id}/delete", form).status_code for _ in range(2)] == [
        303,
        303,
    ]
    assert service.get_any_state(photo_id).state is PhotoState.TRASHED
    assert visitor.post(f"/photos/{photo_id}/restore", form).status_code == 303
    assert service.get_any_state(photo_id).state is PhotoState.PUBLIC


def test_an_upload_id_of_another_contributor_makes_a_new_photo(
    app: Flask, visitor: Visitor, backend: Backend
) -> None:
    """The same idempotency key and file from another contributor do not reach the first photo."""
    fields, body = visitor.fields("/upload"), jpeg(80, 60)
    first = visitor.post("/upload", fields | {"photo": (BytesIO(body), "a.jpg")})
    other = Visitor(app)
    forged = other.fields("/upload") | {
        "upload_id": fields["upload_id"],
        "add_duplicates": "1",
        "photo": (BytesIO(body), "a.jpg"),
    }
    second = other.post("/upload", forged)
    assert second.status_code == 303
    assert second.location != first.location
    assert len({photo.owner for photo in backend.catalog.photos()}) == 2
