"""No page writes typed text or the content of photos into the log."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, has_request_context
from flask.logging import default_handler

from app.config import Config
from app.domain.errors import StorageUnavailable
from app.remote_users import RemoteUsers
from app.services.factory import Services
from tests.abuse.hostile_requests.bodies import FORM_TYPE, MULTIPART_TYPE
from tests.abuse.hostile_requests.request import HostileRequest, Part
from tests.abuse.hostile_requests.routes import plain_requests_to, requests_with_paths
from tests.abuse.hostile_requests.values import FIELDS, METHODS, QUERY_PARAMETERS
from tests.abuse.test_hostile_requests import ADMIN, Sender
from tests.imaging.sample_files import NOTE, OWNER, SERIAL, build_private_exif
from tests.sample_images import picture
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("counts_in_memory")
PERSONAL = b"Who-Wrote-This mina@example.org"
TYPED = b"Who-Wrote-This+49-30-1234567"
# Values in the photo, in the form fields and in the headers.
SECRETS = (
    "Who-Wrote-This",
    "1234567",
    "example.org",
    "let me rule",
    OWNER,
    SERIAL,
    NOTE,
    "203.0.113.9",
    "8.8.8.8",
    "a phone",
)
TEXTS = ("title", "description", "tags", "alt", "contributor_name", "credit", "text", "add")


@pytest.fixture
def config(config: Config) -> Config:
    many = "1000000 per minute"
    return replace(
        config,
        admin_password="let me rule",
        request_log=True,
        proxy_hops=1,
        remote_users=RemoteUsers("Remote-User", ("mina",)),
        upload_rate_limit=many,
        login_rate_limit=many,
    )


@pytest.fixture
def sender(visitor: Visitor, services: Services) -> Sender:
    return Sender(visitor, services)


def requests_with_texts(app: Flask) -> Iterator[HostileRequest]:
    """Yield requests to every route whose path, parameters or fields are personal or secret."""
    every_parameter = b"&".join(b"%b=%b" % (name.encode(), TYPED) for name in QUERY_PARAMETERS)
    valid = FIELDS | dict.fromkeys(TEXTS, PERSONAL)
    forms = (valid, dict.fromkeys(FIELDS, PERSONAL))
    for request in plain_requests_to(app):
        if request.wrong == ("method", "GET"):
            yield replace(request, query=every_parameter)
        elif request.wrong == ("method", "POST"):
            yield from (with_form(request, fields) for fields in forms)
        else:
            yield request
    for request in requests_with_paths(app, TYPED):
        yield with_form(request, valid)


def with_form(request: HostileRequest, fields: dict[str, bytes]) -> HostileRequest:
    """Return the request with a form in the encoding of browsers: with parts for an upload."""
    if request.endpoint != "upload.create":
        return replace(request, body=urlencode(fields).encode(), content_type=FORM_TYPE)
    parts = tuple(Part(name, value) for name, value in fields.items())
    return replace(request, parts=parts, content_type=MULTIPART_TYPE)


def private_jpeg() -> bytes:
    """Return a photo with a place, names and a serial number."""
    file = BytesIO()
    picture(160, 120).save(file, "JPEG", exif=build_private_exif())
    return file.getvalue()


@pytest.mark.parametrize("is_broken", [False, True], ids=["working", "broken"])
def test_no_line_has_personal_data(
    app: Flask,
    sender: Sender,
    visitor: Visitor,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    is_broken: bool,
) -> None:
    """Neither in the request log nor in messages and tracebacks, also if the storage fails."""
    typed = {"title": "Who-Wrote-This", "contributor_name": "Who-Wrote-This"}
    photo = {"photo": [(BytesIO(private_jpeg()), "Who-Wrote-This.jpg")], "upload_id": "one"}
    headers = ADMIN | {"X-Forwarded-For": "203.0.113.9", "User-Agent": "a phone"}
    visitor.post("/upload", typed | photo | {"tags": "sea"}, headers)
    if is_broken:
        catalog = type(services.backend.catalog)
        update = catalog.update

        def fail_in_requests(*args: Any) -> None:
            if has_request_context():
                raise StorageUnavailable("the storage is gone")
            update(*args)

        monkeypatch.setattr(catalog, "update", fail_in_requests)
    statuses = {sender.send(request) for request in requests_with_texts(app)}
    for path in ("/missing/mina@example.org", "/Who-Wrote-This", "/photos/Who-Wrote-This/a/b"):
        for method in METHODS:
            visitor.client.open(path, method=method, headers=headers)
    stranger = {"REMOTE_ADDR": "8.8.8.8", "HTTP_REMOTE_USER": "mina@example.org"}
    visitor.get("/", environ_overrides=stranger)
    written = "\n".join(default_handler.format(record) for record in caplog.records)
    written += capsys.readouterr().out
    assert {200, 303} <= statuses
    assert (503 in statuses) is is_broken
    assert '"role":"admin"' in written
    assert "admin_action" in written
    assert sender.guest_codes
    assert [secret for secret in (*SECRETS, *sender.guest_codes) if secret in written] == []
