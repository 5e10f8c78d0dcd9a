"""Photos that wait for review in an album."""

from io import BytesIO

from flask import Flask

from app.domain.albums.album import Album
from app.domain.albums.guests import GuestAccess
from app.services.factory import Services
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor


def waiting_photo(app: Flask, services: Services, album: Album) -> str:
    """Let a guest add a photo that waits for review in the album, and return its id."""
    current = services.albums.get(album.album_id)
    linked = services.guest_links.change(
        current, current.version, guest_access=GuestAccess.ADD, guest_review=True
    )
    guest = Visitor(app)
    guest.submit(f"/join/{linked.guest_code}", contributor_name="Mina")
    fields = {"photo": (BytesIO(jpeg(160, 120)), "a.jpg"), "add_duplicates": "1"}
    response = guest.post(f"/upload?guest={linked.guest_code}", fields, JSON)
    assert response.json
    return str(response.json["photos"][0]["photo_id"])
