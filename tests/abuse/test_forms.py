"""Forms that are forged, replayed or sent from another site do nothing, or nothing twice."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo import PhotoState
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import Visitor

TLS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
SITE = "https://photos.example.org"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password="let me rule")


def photo() -> tuple[BytesIO, str]:
    return BytesIO(jpeg(160, 120)), "a.jpg"


POSTS = ["edit", "hide", "unhide", "delete", "restore"]


@pytest.mark.parametrize("verb", POSTS)
def test_a_form_without_its_token_changes_nothing(
    visitor: Visitor, service: PhotoService, verb: str
) -> None:
    """A page elsewhere can make a browser send its cookies, but not the token."""
    photo_id = visitor.add(title="As it was")
    before = service.get_any_state(photo_id)
    answer = visitor.post(f"/photos/{photo_id}/{verb}", {"title": "Forged", "version": "1"})
    assert answer.status_code == 400
    assert service.get_any_state(photo_id) == before


@pytest.mark.parametrize(
    "path", ["/upload", "/login", "/logout", "/uploads/tags", "/uploads/delete"]
)
def test_every_form_needs_its_token(visitor: Visitor, path: str) -> None:
    """Logging somebody in or out from elsewhere is a forgery, too."""
    assert visitor.post(path, {"password": "let me rule", "photo": photo()}).status_code == 400


def test_every_address_that_takes_a_post_needs_a_token(app: Flask) -> None:
    """Whatever view is added: none takes a POST without one, and none changes anything by GET alone."""
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(posts) > 8
    visitor = Visitor(app)
    for rule in posts:
        path = rule.rule.replace("<photo_id>", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        assert visitor.post(path, {}).status_code == 400, path
    other = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert other == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_token_of_somebody_else_s_is_none(app: Flask, visitor: Visitor, backend: Backend) -> None:
    """A token belongs to the session that it was made for."""
    attacker = Visitor(app)
    stolen = attacker.fields("/upload")
    visitor.get("/upload")
    assert visitor.post("/upload", stolen | {"photo": photo()}).status_code == 400
    assert list(backend.catalog.photos()) == []


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://photos.example.org", "https://photos.example.org:444"],
)
def test_a_form_sent_from_another_site_is_refused(
    config: Config, service: PhotoService, backend: Backend, origin: str
) -> None:
    """Over TLS even a form with its token has to come from a page of this very origin."""
    visitor = Visitor(create_app(replace(config, proxy_hops=1), service))
    page = visitor.get("/upload", headers=TLS, base_url=SITE)
    token = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    answers = [
        visitor.client.post(
            "/upload",
            data={"csrf_token": token, "photo": photo()},
            headers=TLS | {"Referer": f"{sender}/page"},
            base_url=SITE,
        )
        for sender in (origin, SITE)
    ]
    assert [answer.status_code for answer in answers] == [400, 303]
    assert len(list(backend.catalog.photos())) == 1


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "application/x-www-form-urlencoded"]
)
def test_what_a_page_elsewhere_may_send_without_asking_is_refused(
    visitor: Visitor, content_type: str
) -> None:
    """The bodies that browsers send across origins unasked prove nothing."""
    headers = {"Origin": "https://evil.example"}
    answer = visitor.client.post(
        "/upload", data=b"title=x", content_type=content_type, headers=headers
    )
    assert answer.status_code == 400


def test_a_browser_that_asks_first_is_not_allowed(visitor: Visitor) -> None:
    """The header that scripts prove themselves by makes browsers ask; no answer lets them go on."""
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-requested-with",
    }
    answer = visitor.client.options("/upload", headers=asked)
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_an_upload_form_replayed_makes_no_second_photo(visitor: Visitor, backend: Backend) -> None:
    """The same form and file, sent five times, are one photo, and each time lead to it."""
    fields, body = visitor.fields("/upload"), jpeg(160, 120)
    answers = [
        visitor.post("/upload", fields | {"photo": (BytesIO(body), "a.jpg")}) for _ in range(5)
    ]
    assert len({answer.location for answer in answers}) == 1
    assert len(list(backend.catalog.photos())) == 1


def test_an_edit_form_replayed_overwrites_nothing(visitor: Visitor, service: PhotoService) -> None:
    """An old form sent again is a conflict that shows what the photo says by now."""
    photo_id = visitor.add(title="First")
    old = visitor.fields(f"/photos/{photo_id}/edit") | {"title": "Second"}
    assert visitor.post(f"/photos/{photo_id}/edit", old).status_code == 303
    assert visitor.submit(f"/photos/{photo_id}/edit", title="Third").status_code == 303
    assert visitor.post(f"/photos/{photo_id}/edit", old).status_code == 409
    assert service.get(photo_id).title == "Third"


def test_a_delete_form_replayed_after_the_undo_is_a_new_decision(
    visitor: Visitor, service: PhotoService
) -> None:
    """Two clicks delete once; and the undo works after both."""
    photo_id = visitor.add()
    form = visitor.fields(f"/photos/{photo_id}/delete")
    assert [visitor.post(f"/photos/{photo_id}/delete", form).status_code for _ in range(2)] == [
        303,
        303,
    ]
    assert service.get_any_state(photo_id).state is PhotoState.TRASHED
    assert visitor.post(f"/photos/{photo_id}/restore", form).status_code == 303
    assert service.get_any_state(photo_id).state is PhotoState.PUBLIC


def test_a_forged_upload_id_reaches_nobody_s_photo(
    app: Flask, visitor: Visitor, backend: Backend
) -> None:
    """Somebody who knows another's form id and file makes a photo of their own with it, not that other's."""
    fields, body = visitor.fields("/upload"), jpeg(160, 120)
    first = visitor.post("/upload", fields | {"photo": (BytesIO(body), "a.jpg")})
    other = Visitor(app)
    forged = other.fields("/upload") | {
        "upload_id": fields["upload_id"],
        "photo": (BytesIO(body), "a.jpg"),
    }
    second = other.post("/upload", forged)
    assert second.status_code == 303
    assert second.location != first.location
    assert len({photo.owner for photo in backend.catalog.photos()}) == 2
