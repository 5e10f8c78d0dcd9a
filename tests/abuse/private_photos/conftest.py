"""An album with private photos, and strangers who may open it."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from flask import Flask

from app.config import Config
from app.domain.albums.album import AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.image.taken_date import TakenDate
from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.domain.upload import KnownFacts, PhotoText, UploadRequest
from app.services.factory import Services
from tests.abuse.private_photos.scene import GUEST, HOST, PENDING, TAKEN, UNLISTED, Scene
from tests.sample_images import jpeg
from tests.visitor import Visitor


@pytest.fixture
def config(config: Config) -> Config:
    many = "1000000 per minute"
    return replace(config, admin_password="let me rule", upload_rate_limit=many)


@pytest.fixture(params=["unlisted", "public"])
def scene(request: pytest.FixtureRequest, services: Services, visitor: Visitor) -> Scene:
    """The album is unlisted or public, and its cover is the unlisted photo."""
    album = services.albums.create(
        HOST, AlbumText("Party", "A summer night"), visibility=AlbumVisibility(request.param)
    )
    photos: dict[str, Photo] = {}
    bodies = {name: jpeg(170 + 10 * number, 120) for number, name in enumerate(TAKEN)}
    for name, body in bodies.items():
        upload = UploadRequest(
            file=BytesIO(body),
            filename=f"{name}.jpg",
            text=PhotoText(
                title=name, tags=f"sea, {name}", description=f"{name} at night"
            ).validated(),
            owner=GUEST,
            upload_id=name,
            known=KnownFacts(taken=TakenDate(datetime.fromisoformat(TAKEN[name]))),
            albums=(services.albums.new_membership(album),),
            awaiting_review=name == PENDING,
            unlisted=name == UNLISTED,
        )
        photos[name] = services.uploads.publish(upload).photo
    album = services.guest_links.change(album, album.version, guest_access=GuestAccess.ADD)
    services.albums.ensure_cover(album, photos[UNLISTED].photo_id)
    assert photos[PENDING].state == "pending"
    assert photos[UNLISTED].state == "unlisted"
    return Scene(services.albums.get(album.album_id), photos, bodies)


@pytest.fixture(params=["anonymous", "contributor", "guest", "script"])
def stranger(
    request: pytest.FixtureRequest, app: Flask, scene: Scene, services: Services
) -> Visitor:
    """Someone who may open the album, with or without photos and an album of their own.

    Or another guest of the album, or a script whose token adds photos to it.
    """
    stranger = Visitor(app)
    if request.param == "script":
        album_id = scene.album.album_id
        secret, _token = services.tokens.create("Wall", Role.CONTRIBUTOR, album_id, None)
        stranger.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    if request.param == "contributor":
        stranger.add(title="Own")
        stranger.send("/albums/new", title="Own album")
    if request.param == "guest":
        stranger.submit(f"/join/{scene.album.guest_code}")
    return stranger
