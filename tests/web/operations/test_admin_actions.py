"""Each change that the admin makes is an `admin_action`, on every page and with every login."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from flask import Flask

from app.config import Config
from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.abuse.hostile_requests.bodies import FORM_TYPE, MULTIPART_TYPE
from tests.abuse.hostile_requests.request import HostileRequest, Part
from tests.abuse.hostile_requests.routes import plain_requests_to
from tests.abuse.hostile_requests.values import FIELDS, PHOTO_ID
from tests.abuse.test_hostile_requests import ADMIN, Sender
from tests.sample_images import jpeg
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("counts_in_memory")
READS = {"upload_duplicates.create", "album_choice.of_selection"}  # a form, but no change
SCRIPT = {"X-Requested-With": "test"}
PASSWORD = "let me rule"
# Changes of albums and photos, to see that the requests are right.
SOME = {"upload.create", "photos.hide", "album_editor.create", "album_choice.add"}


@pytest.fixture(params=[None, "let me add"], ids=["open", "with a password"])
def config(config: Config, request: pytest.FixtureRequest) -> Config:
    many = "1000000 per minute"
    return replace(
        config,
        admin_password=PASSWORD,
        upload_password=request.param,
        request_log=True,
        upload_rate_limit=many,
        login_rate_limit=many,
    )


@pytest.fixture(params=["session", "password", "token"])
def sender(visitor: Visitor, services: Services, request: pytest.FixtureRequest) -> Sender:
    """Sends requests as the admin."""
    if request.param == "session":
        visitor.submit("/login", password=PASSWORD)
        return Sender(visitor, services, SCRIPT)
    if request.param == "token":
        secret, _token = services.tokens.create("a script", Role.ADMIN, None, None)
        return Sender(visitor, services, {"Authorization": f"Bearer {secret}"})
    return Sender(visitor, services, ADMIN)


def changes(app: Flask) -> Iterator[HostileRequest]:
    """Yield a valid form for every route. Only that of the logout ends the login."""
    form = urlencode(FIELDS | {"photo": PHOTO_ID}).encode()
    parts = tuple(Part(name, value) for name, value in FIELDS.items())
    photo = Part("photo", jpeg(16, 12), b"a.jpg")
    for request in plain_requests_to(app):
        if request.wrong != ("method", "POST") or request.endpoint in {"login.logout", *READS}:
            continue
        if request.endpoint == "upload.create":
            yield replace(request, content_type=MULTIPART_TYPE, parts=(*parts, photo))
        else:
            yield replace(request, content_type=FORM_TYPE, body=form)


def test_each_change_is_logged(
    app: Flask,
    sender: Sender,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The line of the request has the role, too."""
    caplog.set_level(logging.INFO)
    changed, unnamed = set(), set()
    for request in changes(app):
        sender.prepare(request)
        caplog.clear()
        capsys.readouterr()
        if sender.send(request) >= 400:
            continue
        changed.add(request.endpoint)
        role = json.loads(capsys.readouterr().out.splitlines()[0])["role"]
        if "admin_action" not in caplog.text or role != "admin":
            unnamed.add(request.endpoint)
    assert changed >= SOME
    assert unnamed == set()
