"""A host with an album, and guests."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain.albums.album import Album
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

SETTINGS = {"guest_access": "add", "guest_limit": "100"}


@dataclass
class Party:
    """An album with a guest link, its host, and the site."""

    host: Visitor
    services: Services
    album_id: str

    @property
    def album(self) -> Album:
        """The album as it is stored."""
        return self.services.albums.get(self.album_id)

    @property
    def code(self) -> str:
        """The code of the guest link."""
        return self.album.guest_code

    @property
    def link(self) -> str:
        """The path of the guest link."""
        return f"/join/{self.code}"

    def change(self, **settings: str) -> TestResponse:
        """Save the form of the guest link."""
        return self.host.submit(f"/albums/{self.album_id}/guests", **SETTINGS | settings)

    def guest(self, **typed: str) -> Visitor:
        """Return the browser of a new guest, who has opened the link."""
        guest = Visitor(self.host.app)
        answer = guest.submit(self.link, **typed)
        assert (answer.status_code, answer.location) == (303, f"{self.link}/upload")
        return guest

    def shown(self) -> list[str]:
        """Return the ids of the photos that the album shows."""
        page = self.services.albums.page(self.album_id, 60)
        return [photo.photo_id for photo in page.summaries]


def send(guest: Visitor, link: str, *bodies: bytes, **typed: Any) -> TestResponse:
    """Fill in the form of a guest and submit it, as a browser without scripts does."""
    named = [(BytesIO(body), f"IMG_{number}.jpg") for number, body in enumerate(bodies)]
    fields = guest.fields(f"{link}/upload") | {"photo": named} | typed
    return guest.post(f"/upload?guest={link.rpartition('/')[2]}", fields)


def send_json(
    guest: Visitor, code: str, body: bytes, headers: dict[str, str] | None = None, **typed: Any
) -> TestResponse:
    """Send one file as static/js/upload.js does."""
    fields = {"photo": [(BytesIO(body), "IMG.jpg")]} | typed
    return guest.post(f"/upload?guest={code}", fields, JSON | (headers or {}))


def photo_of(number: int) -> bytes:
    """Return a file that no other call returns."""
    return jpeg(80 + number, 60)


MakeParty = Callable[..., Party]


@pytest.fixture
def make_party(app: Flask, services: Services) -> MakeParty:
    """Return a function that makes an album with a guest link."""

    def make(host: Visitor | None = None, visibility: str = "unlisted", **settings: str) -> Party:
        host = host or Visitor(app)
        form = {"title": "Anna & Ben", "visibility": visibility}
        answer = host.send("/albums/new", **form)
        party = Party(host, services, answer.location.rpartition("/")[2])
        assert party.change(**settings).status_code == 303
        return party

    return make


@pytest.fixture
def party(make_party: MakeParty) -> Party:
    return make_party()


def with_password(config: Config, services: Services) -> Flask:
    """Return the same site with an upload password."""
    return create_app(replace(config, upload_password="a long password"), services)
