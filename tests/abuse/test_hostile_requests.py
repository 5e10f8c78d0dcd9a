"""No request is answered with a server error, whatever its path, parameters, fields and body.

Covers app.web.middleware.query_string.
"""

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from itertools import chain
from secrets import token_hex

import pytest
from flask import Flask, render_template, session
from limits import parse_many
from werkzeug.test import TestResponse

from app.config import Config
from app.domain import object_keys
from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.errors import AlbumNotFound, PhotoNotFound
from app.domain.photo_summary import PhotoState
from app.domain.upload import PhotoText, UploadRequest
from app.services.factory import Services
from app.web.cookies import SESSION_COOKIE
from app.web.middleware import rate_limits
from tests.abuse.hostile_requests.read_names import record_reads
from tests.abuse.hostile_requests.request import HostileRequest
from tests.abuse.hostile_requests.routes import requests_to
from tests.abuse.hostile_requests.sample import one_of_each, some_of_all
from tests.abuse.hostile_requests.values import (
    ALBUM_ID,
    FIELDS,
    GUEST_CODE,
    PARTITION,
    PHOTO_ID,
    QUERY_PARAMETERS,
)
from tests.backends import Backend
from tests.lanes.sampling import is_exhaustive
from tests.sample_images import jpeg
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("counts_in_memory")
ADMIN = {"Authorization": "Bearer let me rule"}
PARTS = 6  # of a run of all requests, which takes minutes
OF_TRASHED_PHOTOS = {"photos.restore", "photos.purge", "photos.confirm_purge"}
# oEmbed demands 501 for a format that a site does not have.
ALLOWED = {("oembed.show", 501)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Split the requests, so that several processes send them."""
    if "part" in metafunc.fixturenames:
        parts = range(PARTS if is_exhaustive(metafunc.config) else 1)
        slices = [slice(part, None, len(parts)) for part in parts]
        metafunc.parametrize("part", slices, ids=[f"part {part}" for part in parts])


@pytest.fixture
def config(config: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    many = "1000000 per minute"
    monkeypatch.setattr(rate_limits, "_DOWNLOADS", parse_many(many))
    monkeypatch.setattr(rate_limits, "_JOININGS", parse_many(many))
    return replace(
        config,
        admin_password="let me rule",
        proxy_hops=1,  # no host is refused
        upload_rate_limit=many,
        login_rate_limit=many,
    )


class Sender:
    """Sends hostile requests as the admin, to photos and an album that exist.

    Args:
        headers: Those of the admin. Without a session they have the password.

    Attributes:
        guest_codes: The codes of the guest links in the requests.
    """

    def __init__(
        self, visitor: Visitor, services: Services, headers: dict[str, str] = ADMIN
    ) -> None:
        self._visitor = visitor
        self._headers = headers
        self._service = services.photos
        self._uploads = services.uploads
        self._albums = services.albums
        self._guest_links = services.guest_links
        self._photo_ids: dict[PhotoState, str] = {}
        self._unchanged: set[PhotoState] = set()  # those whose photo is as it was looked up
        self._owner = ""
        self._album_id = ""
        self.guest_codes: set[str] = set()
        self._session_cookie = visitor.cookie_name(SESSION_COOKIE)

    def send(self, request: HostileRequest) -> int:
        """Return the status code of the response."""
        filled = self.prepare(request)
        response = self._visitor.client.open(
            buffered=True, headers=self._headers, **filled.options()
        )
        is_refused = 400 <= response.status_code < 500  # which changes nothing
        if request.method == "POST" and not is_refused:
            self._unchanged.clear()
        if response.status_code == 303 and self._may_have_message(response):
            self._show_messages()
        return response.status_code

    def prepare(self, request: HostileRequest) -> HostileRequest:
        """Return the request with ids of a photo and an album that exist."""
        request = request.encoded()
        is_of_trashed = request.endpoint in OF_TRASHED_PHOTOS
        photo_id = self._photo_in(PhotoState.TRASHED if is_of_trashed else PhotoState.PUBLIC)
        return replace(
            request,
            path=self._with_ids(request.path, photo_id),
            body=self._with_ids(request.body, photo_id),
        )

    def _show_messages(self) -> None:
        """Render the messages that the next page would show, which removes them."""
        app, client = self._visitor.app, self._visitor.client
        with client.session_transaction() as stored, app.test_request_context():
            session.update(stored)
            render_template("_messages.html")
            stored.clear()
            stored.update(session)

    def _may_have_message(self, response: TestResponse) -> bool:
        """Return whether the response changes the session, which keeps the messages."""
        cookies = response.headers.getlist("Set-Cookie")
        return any(cookie.startswith(f"{self._session_cookie}=") for cookie in cookies)

    def _with_ids(self, text: bytes, photo_id: str) -> bytes:
        text = text.replace(PHOTO_ID, photo_id.encode())
        text = text.replace(PARTITION, object_keys.partition(photo_id).encode())
        if GUEST_CODE in text:
            text = text.replace(GUEST_CODE, self._guest_code().encode())
        return text.replace(ALBUM_ID, self._album().album_id.encode()) if ALBUM_ID in text else text

    def _album(self) -> Album:
        """Return an album; make another one if the last request deleted it."""
        with suppress(AlbumNotFound):
            return self._albums.get(self._album_id)
        album = self._albums.create("0" * 32, AlbumText("Lake", ""))
        self._album_id = album.album_id
        return album

    def _guest_code(self) -> str:
        """Return the code of the guest link of an album, which the visitor has opened."""
        album = self._album()
        if not self._guest_links.is_open(album):
            settings = {"guest_access": GuestAccess.ADD, "guest_until": None}
            album = self._guest_links.change(album, album.version, **settings)
            self._visitor.submit(f"/join/{album.guest_code}")
            self.guest_codes.add(album.guest_code)
        return album.guest_code

    def _photo_in(self, state: PhotoState) -> str:
        """Return the id of a photo in `state`; add another one if the last request changed it."""
        photo_id = self._photo_ids.get(state)
        if photo_id is None or (
            state not in self._unchanged and self._state_of(photo_id) is not state
        ):
            photo_id = self._publish()
            if state is PhotoState.TRASHED:
                self._service.delete(photo_id)
            self._photo_ids[state] = photo_id
        self._unchanged.add(state)
        return photo_id

    def _publish(self) -> str:
        """Return the id of a new photo of the visitor. Only the first one is sent by a form."""
        if self._owner:
            file, text = BytesIO(jpeg(16, 12)), PhotoText().validated()
            upload = UploadRequest(
                file=file, filename="a.jpg", text=text, owner=self._owner, upload_id=token_hex()
            )
            return self._uploads.publish(upload).photo.photo_id
        answer = self._visitor.upload_json(jpeg(16, 12), headers=self._headers)
        photo_id = str(answer.json["photos"][0]["photo_id"])
        self._owner = self._service.get(photo_id).owner
        return photo_id

    def _state_of(self, photo_id: str) -> PhotoState | None:
        try:
            return self._service.get_any_state(photo_id).state
        except PhotoNotFound:
            return None


@pytest.fixture
def sender(visitor: Visitor, services: Services) -> Sender:
    return Sender(visitor, services)


@pytest.fixture(scope="module")
def shuffled() -> list[HostileRequest]:
    """The requests in random order, the same for all apps: making them takes a second."""
    return []


def requests_of(
    part: slice, app: Flask, shuffled: list[HostileRequest]
) -> Sequence[HostileRequest]:
    """Return the requests to the endpoints of a part."""
    if not shuffled:
        requests = list(requests_to(app))
        shuffled += random.Random(0).sample(requests, len(requests))  # noqa: S311  no secret
    endpoints = set(sorted(app.view_functions)[part])
    return [request for request in shuffled if request.endpoint in endpoints]


def test_no_request_causes_a_server_error(
    app: Flask,
    backend: Backend,
    sender: Sender,
    shuffled: list[HostileRequest],
    part: slice,
    *,
    exhaustive: bool,
) -> None:
    """Wrong values of every path, parameter, field and body get an answer below 500."""
    reads = record_reads(app)
    requests = requests_of(part, app, shuffled)
    takes_more = exhaustive and backend.name == "local"  # moto is slow
    more = some_of_all(requests, reads) if takes_more else ()
    failed = set()
    for request in chain(one_of_each(requests), more):
        status = sender.send(request)
        if status >= 500 and (request.endpoint, status) not in ALLOWED:
            failed.add((status, request.endpoint, *request.wrong))
    assert failed == set()
    names = {name for _, name in reads}
    assert names <= {*FIELDS, *QUERY_PARAMETERS}, "a field is missing from the requests"
