"""Fixtures: a host with an album, a guest who adds photos to it, the admin and a stranger."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO

import pytest
from flask import Flask

from app.config import Config
from app.domain.photo import Photo
from app.domain.upload import PhotoText, UploadRequest
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import Visitor

ADMIN_PASSWORD = "let me rule"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password=ADMIN_PASSWORD)


@dataclass
class Party:
    """An album of a host, and the visitors of the site."""

    services: Services
    album_id: str
    host: Visitor
    guest: Visitor
    stranger: Visitor
    admin: Visitor

    def owner_of(self, visitor: Visitor) -> str:
        """Return the owner hash of a visitor who has made a photo."""
        photo_id = visitor.add(title="Own")
        return self.services.photos.get(photo_id).owner

    def csrf(self, visitor: Visitor) -> dict[str, str]:
        """Return the hidden fields of a form; the CSRF token is valid for every URL."""
        return visitor.fields("/login")

    def state(self, photo_id: str) -> str:
        return self.services.photos.get_any_state(photo_id).state.value


@pytest.fixture
def party(app: Flask, services: Services) -> Party:
    host, guest, stranger, admin = (Visitor(app) for _ in range(4))
    location = host.send("/albums/new", title="Party", visibility="unlisted").location
    stranger.add(title="A stranger’s photo")
    admin.send("/login", password=ADMIN_PASSWORD)
    return Party(services, location.rpartition("/")[2], host, guest, stranger, admin)


@pytest.fixture
def add(party: Party) -> Callable[..., Photo]:
    """Upload a photo of the guest into the album, with a new file for each."""
    owner = party.owner_of(party.guest)
    number = 0

    def add(**options: object) -> Photo:
        nonlocal number
        number += 1
        album = party.services.albums.get(party.album_id)
        request = UploadRequest(
            file=BytesIO(jpeg(160 + number, 120)),
            filename="a.jpg",
            text=PhotoText(
                title=f"Lantern {number}", tags="party", contributor_name="Mina"
            ).validated(),
            owner=owner,
            upload_id=f"form {number}",
            albums=(party.services.albums.new_membership(album),),
        )
        return party.services.uploads.publish(replace(request, **options)).photo

    return add
