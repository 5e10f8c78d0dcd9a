"""No answer tells strangers of a pending photo, or outside of its albums of an unlisted one."""

import io
import json
import re
import zipfile
from urllib.parse import quote

import pytest
from flask import Flask

from app.domain.albums.album import AlbumVisibility
from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.abuse.private_photos.addresses import paths_of
from tests.abuse.private_photos.answers import revealed, secrets_of
from tests.abuse.private_photos.scene import PENDING, PUBLIC, UNLISTED, Scene, is_of
from tests.backends import Backend
from tests.visitor import JSON, Visitor

pytestmark = pytest.mark.usefixtures("counts_in_memory")


def test_every_route_is_in_the_table(app: Flask, scene: Scene) -> None:
    """A new route is added here together with addresses that could show a photo."""
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert routes ^ set(paths_of(scene)) == set()


def test_no_answer_tells_strangers_of_private_photos(
    app: Flask, scene: Scene, stranger: Visitor
) -> None:
    """A pending photo is nowhere, and an unlisted one only where the address names its album."""
    found = []
    for paths in paths_of(scene).values():
        for path in paths:
            for headers in ({}, {"Accept": "application/json"}):
                response = stranger.get(path, headers=headers)
                assert response.status_code < 500 or "readyz" in path, path
                hidden = [PENDING] if scene.is_inside(path) else [PENDING, UNLISTED]
                for name in hidden:
                    found += [
                        (path, each) for each in revealed(path, response, secrets_of(scene, name))
                    ]
                if is_of(scene, PENDING, path):
                    assert response.status_code in {303, 403, 404}, path
                if is_of(scene, UNLISTED, path) and not scene.is_inside(path):
                    assert response.status_code in {303, 403, 404}, path
    assert found == []


def test_who_opens_the_album_sees_its_unlisted_photo(scene: Scene, stranger: Visitor) -> None:
    """On every page and in every answer of the album. They lead to the photo in the album."""
    album = f"/albums/{scene.album.album_id}"
    listing = quote(scene.inside[1], safe="")
    photo = scene.photos[UNLISTED]
    path = f"/photos/{photo.photo_id}?in={listing}"
    for each in (album, f"{album}/feed.xml", path, f"/slideshow?in={listing}"):
        response = stranger.get(each)
        assert response.status_code == 200
        assert photo.photo_id in response.text
    assert "noindex" in stranger.get(path).headers["X-Robots-Tag"]
    page = stranger.get(album, headers=JSON).json
    urls = [each["url"] for each in page["photos"] if each["photo_id"] == photo.photo_id]
    assert stranger.get(urls[0].removeprefix("http://localhost")).status_code == 200
    assert page["count"] == 2
    archive = stranger.get(f"/download.zip?in={listing}")
    with zipfile.ZipFile(io.BytesIO(archive.data)) as files:
        facts = json.loads(files.read("photos.json"))
    assert {each["title"] for each in facts["photos"]} == {UNLISTED, PUBLIC}
    for each in facts["photos"]:
        address = each["url"].removeprefix("http://localhost")
        assert stranger.get(address).status_code == 200


def test_link_previews_name_no_image_of_an_unlisted_photo(scene: Scene, stranger: Visitor) -> None:
    """Chat services read the head of a page that someone sends, and keep what it names."""
    photo = scene.photos[UNLISTED]
    is_unlisted = scene.album.visibility is AlbumVisibility.UNLISTED
    image = re.compile(rf"{photo.photo_id}/[^?\"]*\.(jpg|avif)")
    album = f"/albums/{scene.album.album_id}"
    for paths in paths_of(scene).values():
        for path in filter(scene.is_inside, paths):
            response = stranger.get(path)
            if response.mimetype != "text/html":
                continue
            head = response.text.partition("</head>")[0]
            assert not image.search(head), path
            assert not (is_unlisted and path.startswith(album) and "og:image" in head), path


def test_the_same_file_does_not_reveal_a_private_photo(scene: Scene, stranger: Visitor) -> None:
    """Neither to scripts that ask for hashes, nor by an upload of the file."""
    hashes = {name: photo.sha256 for name, photo in scene.photos.items()}
    answer = stranger.client.post(
        "/upload/duplicates", json={"sha256": list(hashes.values())}, headers=JSON
    )
    assert set(answer.json["duplicates"]) == {hashes[PUBLIC]}
    for name in (PENDING, UNLISTED):
        added = stranger.upload_json(scene.bodies[name], add_duplicates="").json
        assert added["skipped"] == []
        assert added["photos"][0]["duplicate_of"] is None
        assert scene.photos[name].photo_id not in json.dumps(added)


def test_no_object_of_a_pending_photo_is_public(scene: Scene, backend: Backend) -> None:
    """The bucket policy lets everyone read the public prefix and nothing else."""
    photo_id = scene.photos[PENDING].photo_id
    keys = [each.key for each in backend.objects.list("") if photo_id in each.key]
    assert keys
    assert {key.partition("/")[0] for key in keys} == {"pending"}


def test_what_was_public_before_is_private_after_it_was_hidden(
    scene: Scene, services: Services, stranger: Visitor
) -> None:
    """An unlisted photo that its owner hides leaves its album, too."""
    photo = scene.photos[UNLISTED]
    services.photos.hide(photo.photo_id, Role.CONTRIBUTOR)
    for path in (f"/albums/{scene.album.album_id}", f"/slideshow?in={scene.inside[1]}"):
        assert photo.photo_id not in stranger.get(path).text
    path = f"/photos/{photo.photo_id}?in={scene.inside[1]}"
    assert stranger.get(path).status_code == 404
