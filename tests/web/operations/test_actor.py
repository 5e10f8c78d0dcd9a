"""Every line of a request names the role of its visitor."""

import contextvars
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.logging import default_handler

from app.config import Config
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import Visitor

PASSWORD = "let me rule"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password=PASSWORD, request_log=True)


@pytest.fixture
def role_of_last(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Return the role in the last line of the request log."""

    def read() -> str:
        entry = json.loads(capsys.readouterr().out.splitlines()[-1])
        return str(entry["role"])

    return read


def test_a_browser_without_cookies_is_a_visitor(
    visitor: Visitor, role_of_last: Callable[[], str]
) -> None:
    for path in ("/", "/healthz", "/nowhere"):
        visitor.get(path)
        assert role_of_last() == "visitor"


def test_an_uploader_is_a_contributor(visitor: Visitor, role_of_last: Callable[[], str]) -> None:
    """Also in the line of the first upload, which sets the cookie."""
    visitor.upload(jpeg(90, 60)).close()
    assert role_of_last() == "contributor"
    visitor.get("/")
    assert role_of_last() == "contributor"


def test_a_login_makes_an_admin(visitor: Visitor, role_of_last: Callable[[], str]) -> None:
    """So does the password in a header. A wrong one does not."""
    visitor.add()
    visitor.get("/", headers={"Authorization": f"Bearer {PASSWORD}"})
    assert role_of_last() == "admin"
    visitor.get("/admin", headers={"Authorization": "Bearer let me in"})
    assert role_of_last() == "contributor"
    visitor.submit("/login", password=PASSWORD)
    visitor.get("/")
    assert role_of_last() == "admin"


def test_who_uploads_by_a_guest_link_is_a_guest(
    app: Flask, services: Services, role_of_last: Callable[[], str]
) -> None:
    """The owner of the album, who approves the photo, is a reviewer."""
    host, guest = Visitor(app), Visitor(app)
    host.submit("/albums/new", title="Party")
    host.add()
    (owner,) = {photo.owner for photo in services.backend.catalog.photos()}
    album = services.albums.create(owner, AlbumText("Party", ""))
    album = services.guest_links.change(
        album, album.version, guest_access=GuestAccess.ADD, guest_review=True
    )
    guest.submit(f"/join/{album.guest_code}")
    fields = guest.fields(f"/join/{album.guest_code}")
    photo = {"photo": [(BytesIO(jpeg(90, 60)), "a.jpg")]}
    answer = guest.post(f"/upload?guest={album.guest_code}", fields | photo)
    assert answer.status_code == 303, answer.text
    answer.close()  # the line is written when the response is complete
    assert role_of_last() == "guest"
    page = f"/albums/{album.album_id}/review"
    (photo_id,) = {p.photo_id for p in services.backend.catalog.photos() if p.owner != owner}
    host.post(f"{page}/approve", host.fields(page) | {"photo": photo_id}).close()
    assert role_of_last() == "reviewer"


def test_a_message_names_time_level_request_and_role(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    """Outside of a request the role is that of a task."""
    answer = visitor.post("/login", {"password": "x", "csrf_token": "forged"})
    line = default_handler.format(caplog.records[0])
    assert answer.status_code == 400
    outside = logging.makeLogRecord({"name": "app.test", "msg": "outside"})
    written = contextvars.Context().run(default_handler.format, outside)
    assert written.endswith("app.test [- task]: outside")
    time, level, _name, *_rest = line.split(" ")
    assert (len(time), time[-1], level) == (24, "Z", "WARNING")
