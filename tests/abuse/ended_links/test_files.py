"""The files of unlisted photos are in no shared cache, and private after their album."""

from app.domain import object_keys
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from tests.abuse.private_photos.scene import PENDING, PUBLIC, UNLISTED, Scene
from tests.backends import Backend
from tests.visitor import Visitor


def test_the_header_of_a_file_says_how_long_a_browser_keeps_it(
    backend: Backend, scene: Scene, host: Visitor
) -> None:
    """No shared cache keeps a file of an unlisted photo, and a browser for a day."""
    if backend.clients:
        headers = {
            name: backend.clients.s3.head_object(
                Bucket="shoebox-photos", Key=scene.photos[name].object_keys[0]
            )["CacheControl"]
            for name in (UNLISTED, PUBLIC)
        }
    else:
        headers = {
            name: host.get(f"/media/{scene.photos[name].object_keys[0]}").headers["Cache-Control"]
            for name in (UNLISTED, PUBLIC)
        }
    assert headers[UNLISTED] == "private, max-age=86400"
    assert headers[PUBLIC].startswith("public, max-age=")


def test_a_deleted_album_leaves_no_public_file_of_an_unlisted_photo(
    backend: Backend, host: Visitor, services: Services, scene: Scene
) -> None:
    """The page that asks for confirmation says so."""
    path = f"/albums/{scene.album.album_id}/delete"
    assert "become private" in host.get(path).text
    assert host.submit(path).status_code == 303
    assert backend.catalog.get(scene.photos[UNLISTED].photo_id).state is PhotoState.PRIVATE
    assert backend.catalog.get(scene.photos[PUBLIC].photo_id).state is PhotoState.PUBLIC
    approved = services.reviews.approve(scene.photos[PENDING].photo_id)
    assert approved.state is PhotoState.PRIVATE
    public = {object_keys.photo_id_of(each.key) for each in backend.objects.list("photos/")}
    assert public == {scene.photos[PUBLIC].photo_id}
