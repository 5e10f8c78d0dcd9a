"""An album whose link has ended, and what strangers must not see of it."""

from datetime import UTC, datetime, timedelta

from app.services.factory import Services
from tests.abuse.private_photos.addresses import paths_of
from tests.abuse.private_photos.answers import revealed, texts_of
from tests.abuse.private_photos.scene import PENDING, PUBLIC, UNLISTED, Scene
from tests.backends import Backend
from tests.visitor import JSON, Visitor

TITLE, DESCRIPTION = "Midsummer feast", "A night at the lake"
CLOSED = {303, 403, 404, 410}


def files_of(scene: Scene, stranger: Visitor) -> list[str]:
    """Return the addresses of the images of the unlisted photo that pages name."""
    answer = stranger.get(f"/albums/{scene.album.album_id}", headers=JSON).json
    (shown,) = [photo for photo in answer["photos"] if photo["title"] == UNLISTED]
    return [image["url"] for image in shown["renditions"]]


def let_time_pass(backend: Backend, services: Services, scene: Scene) -> None:
    """Let the end of the link be a moment ago, without a request that ended it."""
    album = services.albums.get(scene.album.album_id)
    end = datetime.now(UTC) - timedelta(seconds=1)
    backend.albums.update(album, album.next_version(ends_at=end, settle_at=end))


def assert_closed(scene: Scene, stranger: Visitor) -> None:
    """No page, file, feed, ZIP file or JSON has a word of the album or of its private photos."""
    found = []
    names = (UNLISTED, PENDING)
    for paths in paths_of(scene).values():
        for path in paths:
            for headers in ({}, {"Accept": "application/json"}):
                response = stranger.get(path, headers=headers)
                assert response.status_code < 500 or "readyz" in path, path
                for name in names:
                    photo = scene.photos[name]
                    secrets = [name, name.lower(), photo.photo_id, photo.sha256]
                    found += [(path, each) for each in revealed(path, response, secrets)]
                texts = "\n".join(texts_of(response))
                found += [(path, each) for each in (TITLE, DESCRIPTION) if each in texts]
                is_of_public = scene.photos[PUBLIC].photo_id in path or path.startswith(
                    "/slideshow"
                )
                if scene.is_inside(path) and not is_of_public:
                    assert response.status_code in CLOSED, (path, response.status_code)
                if "/files/" in path:
                    assert response.status_code == 404, path
    assert found == []
