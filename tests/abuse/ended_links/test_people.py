"""The host and the admin see an album whose link has ended, and other contributors do not."""

import io
import json
import zipfile
from io import BytesIO
from urllib.parse import quote

from flask import Flask

from app.domain.albums.album import AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from app.web.auth.contributor_cookie import owner_hash
from tests.abuse.ended_links.closed_album import TITLE
from tests.abuse.private_photos.scene import PUBLIC, UNLISTED, Scene
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor


def test_the_host_and_the_admin_still_see_a_closed_album(
    app: Flask, host: Visitor, services: Services, scene: Scene
) -> None:
    """The page, the images and the ZIP file. The page offers to open the album again."""
    admin = Visitor(app)
    admin.send("/login", password="let me rule")
    services.album_links.end_now(services.albums.get(scene.album.album_id))
    services.album_links.settle_due()
    album, listing = f"/albums/{scene.album.album_id}", quote(scene.inside[1], safe="")
    for visitor in (host, admin):
        page = visitor.get(album)
        assert page.status_code == 200
        assert "Open again" in page.text
        (shown,) = [
            photo
            for photo in visitor.get(album, headers=JSON).json["photos"]
            if photo["title"] == UNLISTED
        ]
        for image in shown["renditions"]:
            answer = visitor.get(image["url"].removeprefix("http://localhost"))
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "private, no-store"
        address = shown["url"].removeprefix("http://localhost")
        assert "No album with an open link has this photo" in visitor.get(address).text
        archive = visitor.get(f"/download.zip?in={listing}")
        with zipfile.ZipFile(io.BytesIO(archive.data)) as files:
            facts = json.loads(files.read("photos.json"))
        assert {each["title"] for each in facts["photos"]} == {UNLISTED, PUBLIC}


def test_another_contributor_adds_nothing_to_a_closed_album(
    app: Flask, services: Services, scene: Scene
) -> None:
    """Neither an upload nor a photo of their own, although everyone might add photos before."""
    album = services.albums.get(scene.album.album_id)
    everyone = album.next_version(contributors="everyone")
    services.backend.albums.update(album, everyone)
    contributor = Visitor(app)
    photo_id = contributor.add(title="Own")
    fields = contributor.fields(f"/upload?album={album.album_id}")
    services.album_links.end_now(everyone)
    assert contributor.get(f"/upload?album={album.album_id}").status_code == 410
    sent = fields | {"photo": [(BytesIO(jpeg(50, 40)), "a.jpg")], "album": album.album_id}
    assert contributor.post("/upload", sent).status_code == 410
    chosen = {"photo": photo_id, "album": album.album_id}
    added = contributor.post("/uploads/albums/add", chosen, {"X-Requested-With": "test"})
    assert added.status_code == 410
    current = services.backend.catalog.get(photo_id)
    assert (current.albums, current.state) == ((), PhotoState.PUBLIC)


def test_the_owner_of_another_album_of_a_photo_does_not_see_a_closed_one(
    app: Flask, services: Services, scene: Scene
) -> None:
    """A photo that an open album has too stays there, and its pages do not name the closed one."""
    other = services.albums.create(
        owner_hash("another host"), AlbumText("Other", ""), visibility=AlbumVisibility.UNLISTED
    )
    photo = scene.photos[UNLISTED]
    services.albums.add(other.album_id, photo.photo_id)
    services.album_links.end_now(services.albums.get(scene.album.album_id))
    services.album_links.settle_due()
    stranger = Visitor(app)
    page = stranger.get(f"/photos/{photo.photo_id}?in=album:{other.album_id}")
    assert page.status_code == 200
    assert scene.album.album_id not in page.text
    assert TITLE not in page.text
