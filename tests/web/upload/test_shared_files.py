"""Photos that a phone's share menu sends arrive as drafts, and pages cannot send them.

Covers app.web.auth.shared_files.
"""

import json
import re
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.maintenance import IntegrityCheck
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import Visitor

FROM_SYSTEM = {"Sec-Fetch-Site": "none"}


def share(visitor: Visitor, *bodies: bytes, headers: dict[str, str] | None = None) -> TestResponse:
    """Send files as the system does: as the manifest says, with cookies and without a token."""
    target = json.loads(visitor.get("/manifest.webmanifest").text)["share_target"]
    assert (target["method"], target["enctype"]) == ("POST", "multipart/form-data")
    (files,) = target["params"]["files"]
    assert "image/jpeg" in files["accept"]
    named = [(BytesIO(body), f"IMG_{number}.jpg") for number, body in enumerate(bodies)]
    sent = FROM_SYSTEM if headers is None else headers
    return visitor.post(target["action"], {files["name"]: named}, sent)


def photos(backend: Backend) -> list[Photo]:
    return sorted(backend.catalog.photos(), key=lambda photo: photo.photo_id, reverse=True)


def test_the_form_of_another_site_decides_nothing(visitor: Visitor, app: Flask) -> None:
    """A reload sends it again as if no page had. Its id would make a contributor that they know."""
    attacker = Visitor(app)
    upload_id = attacker.fields("/upload")["upload_id"]
    form = {"photo": (BytesIO(jpeg()), "IMG.jpg"), "upload_id": upload_id}
    answer = visitor.post("/upload?shared=1", form | {"contributor_name": "Eve"}, FROM_SYSTEM)
    assert answer.status_code == 303
    attacker.post("/upload", attacker.fields("/upload") | {"upload_id": upload_id})
    assert visitor.cookie("contributor") not in ("", attacker.cookie("contributor"))
    assert "Eve" not in visitor.get("/upload").text


def test_shared_photos_are_drafts_of_the_visitor(
    visitor: Visitor, backend: Backend, app: Flask
) -> None:
    """Their objects are not public at any time. A page shows them, selected, to their owner."""
    visitor.get("/upload")
    answer = share(visitor, jpeg(90, 60), jpeg(91, 60))
    assert answer.status_code == 303
    for photo in photos(backend):
        assert (photo.state, photo.hidden_by) == (PhotoState.HIDDEN, Role.CONTRIBUTOR)
        assert Visitor(app).get(f"/photos/{photo.photo_id}").status_code == 404
    assert [stored.key for stored in backend.objects.list("photos/")] == []
    assert list(IntegrityCheck(backend)) == []
    page = visitor.get(answer.location).text
    assert "2 photos are hidden: only you can see them." in page
    assert page.count("checked") == 2
    assert "IMG 0" not in visitor.get("/").text


def test_drafts_are_published_with_words(visitor: Visitor, service: PhotoService) -> None:
    """One button adds tags to the drafts, and shows them to everyone."""
    visitor.get("/upload")
    path = share(visitor, jpeg(90, 60), jpeg(91, 60)).location
    page = visitor.get(path).text
    chosen = re.findall(r'value="(\w+)"\s+checked', page)
    action = re.search(r'formaction="(/photos/select/publish[^"]*)"', page)
    assert action
    fields = visitor.fields(path) | {"photo": chosen, "add": "lake"}
    published = visitor.post(action[1].replace("&amp;", "&"), fields)
    assert published.status_code == 303
    page = visitor.get(published.location).text
    assert "2 photos published." in page
    assert "/photos/select/publish" not in page
    for photo_id in chosen:
        photo = service.get_public(photo_id)
        assert photo.tags == ("lake",)
    assert chosen[0] in visitor.get("/tags/lake").text


def test_drafts_can_be_published_without_words(visitor: Visitor, backend: Backend) -> None:
    visitor.get("/upload")
    path = share(visitor, jpeg()).location
    (photo,) = photos(backend)
    fields = visitor.fields(path) | {"photo": photo.photo_id}
    assert visitor.post("/photos/select/publish?in=uploads", fields).status_code == 303
    assert photos(backend)[0].state is PhotoState.PUBLIC


def test_no_one_else_publishes_a_draft(visitor: Visitor, app: Flask, backend: Backend) -> None:
    """Nor does its owner if the admin has hidden it."""
    visitor.get("/upload")
    share(visitor, jpeg())
    (photo,) = photos(backend)
    stranger = Visitor(app)
    fields = stranger.fields("/upload") | {"photo": photo.photo_id}
    assert stranger.post("/photos/select/publish?in=uploads", fields).status_code == 404
    backend.catalog.update(photo, photo.next_version(hidden_by=Role.ADMIN))
    fields = visitor.fields("/upload") | {"photo": photo.photo_id}
    assert visitor.post("/photos/select/publish?in=uploads", fields).status_code == 403
    assert photos(backend)[0].state is PhotoState.HIDDEN


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "None"},
    ],
)
def test_a_page_cannot_share_for_a_visitor(
    visitor: Visitor, backend: Backend, headers: dict[str, str]
) -> None:
    """Without the header of the system, a request needs the token of a form."""
    visitor.get("/upload")
    cookie = visitor.cookie("contributor")
    answer = share(visitor, jpeg(), headers=headers)
    assert answer.status_code == 400
    assert visitor.cookie("contributor") == cookie
    assert photos(backend) == []


def test_other_forms_need_their_token_from_the_system_too(visitor: Visitor) -> None:
    """Only shared files are exempt."""
    photo_id = visitor.add()
    for path in (
        f"/photos/{photo_id}/delete?shared=1",
        "/photos/select/delete?shared=1",
    ):
        assert visitor.post(path, {}, FROM_SYSTEM).status_code == 400
    files = {"photo": (BytesIO(jpeg()), "a.jpg")}
    assert visitor.post("/upload", files, FROM_SYSTEM).status_code == 400


def test_sharing_needs_the_rights_of_an_upload(
    config: Config, services: Services, backend: Backend
) -> None:
    """The login, the size and the rate limit apply."""
    closed = Visitor(create_app(replace(config, upload_password="letmein"), services))
    assert share(closed, jpeg()).status_code == 403
    limited = Visitor(create_app(replace(config, upload_rate_limit="1 per minute"), services))
    assert share(limited, jpeg()).status_code == 303
    assert share(limited, jpeg(91, 60)).status_code == 429
    assert len(photos(backend)) == 1


def test_sharing_a_photo_again_adds_no_draft(visitor: Visitor, backend: Backend) -> None:
    visitor.get("/upload")
    body = jpeg()
    share(visitor, body)
    assert "This photo is already here." in share(visitor, body).text
    assert len(photos(backend)) == 1
