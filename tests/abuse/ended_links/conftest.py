"""An unlisted album, its host and strangers who have opened it."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask

from app.config import Config
from app.domain.albums.guests import GuestAccess
from app.domain.photo import Photo
from app.domain.upload import PhotoText, UploadRequest
from app.services.factory import Services
from tests.abuse.ended_links.closed_album import DESCRIPTION, TITLE
from tests.abuse.private_photos.scene import GUEST, PENDING, PUBLIC, TAKEN, UNLISTED, Scene
from tests.sample_images import jpeg
from tests.visitor import Visitor


@pytest.fixture
def config(config: Config) -> Config:
    many = "1000000 per minute"
    return replace(config, admin_password="let me rule", upload_rate_limit=many)


@pytest.fixture
def host(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def scene(host: Visitor, services: Services) -> Scene:
    """An unlisted album of a host, with a pending, an unlisted and a public photo of a guest."""
    form = {"title": TITLE, "description": DESCRIPTION, "visibility": "unlisted"}
    album_id = host.send("/albums/new", **form).location.rpartition("/")[2]
    album = services.albums.get(album_id)
    bodies = {name: jpeg(170 + 10 * number, 120) for number, name in enumerate(TAKEN)}
    photos: dict[str, Photo] = {}
    for name, body in bodies.items():
        text = PhotoText(title=name, tags=f"sea, {name}", description=f"{name} at night")
        upload = UploadRequest(
            file=BytesIO(body),
            filename=f"{name}.jpg",
            text=text.validated(),
            owner=GUEST,
            upload_id=name,
            albums=(services.albums.new_membership(album),),
            awaiting_review=name == PENDING,
            unlisted=name != PUBLIC,
        )
        photos[name] = services.uploads.publish(upload).photo
    album = services.guest_links.change(album, album.version, guest_access=GuestAccess.SEE)
    services.albums.ensure_cover(album, photos[UNLISTED].photo_id)
    return Scene(services.albums.get(album_id), photos, bodies)


@pytest.fixture(params=["anonymous", "contributor", "guest"])
def stranger(request: pytest.FixtureRequest, app: Flask, scene: Scene) -> Visitor:
    """Someone who has opened the album, with or without photos of their own, or another guest."""
    stranger = Visitor(app)
    if request.param == "contributor":
        stranger.add(title="Own")
        stranger.send("/albums/new", title="Own album")
    if request.param == "guest":
        stranger.submit(f"/join/{scene.album.guest_code}")
    assert stranger.get(f"/albums/{scene.album.album_id}").status_code == 200
    return stranger
