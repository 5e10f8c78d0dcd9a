"""After the link of an unlisted album has ended, no answer gives a stranger a byte of it.

The addresses are those of `private_photos.addresses`, which names every route that answers GET.
"""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
from flask import Flask

from app.config import Config
from app.domain import object_keys
from app.domain.albums.album import AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.domain.upload import PhotoText, UploadRequest
from app.services.factory import Services
from app.web.auth.contributor_cookie import owner_hash
from tests.abuse.private_photos.addresses import paths_of
from tests.abuse.private_photos.answers import revealed, texts_of
from tests.abuse.private_photos.scene import GUEST, PENDING, PUBLIC, TAKEN, UNLISTED, Scene
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

TITLE, DESCRIPTION = "Midsummer feast", "A night at the lake"
CLOSED = {303, 403, 404, 410}


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


@pytest.mark.parametrize("by_clock", [False, True])
def test_after_the_link_ends_a_stranger_gets_no_byte_of_the_album(
    backend: Backend, services: Services, scene: Scene, stranger: Visitor, by_clock: bool
) -> None:
    """Neither a page, nor a file whose address is known, a feed, a ZIP file or JSON."""
    files = files_of(scene, stranger)
    keys = scene.photos[UNLISTED].object_keys
    assert all(map(backend.objects.exists, keys))
    if by_clock:
        let_time_pass(backend, services, scene)
        assert_closed(scene, stranger)  # before any object has moved
    else:
        services.album_links.end_now(services.albums.get(scene.album.album_id))
    assert services.album_links.settle_due() == 1
    assert_closed(scene, stranger)
    assert not any(map(backend.objects.exists, keys))
    public = {object_keys.photo_id_of(each.key) for each in backend.objects.list("photos/")}
    assert public.isdisjoint({scene.photos[name].photo_id for name in (UNLISTED, PENDING)})
    if backend.name == "local":
        answers = [stranger.get(url.removeprefix("http://localhost")) for url in files]
        assert {answer.status_code for answer in answers} == {404}


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


def test_an_album_that_opens_again_has_new_addresses_of_its_files(
    backend: Backend, services: Services, scene: Scene, stranger: Visitor
) -> None:
    """Who kept an earlier address of a file gets nothing."""
    earlier = set(files_of(scene, stranger))
    services.album_links.end_now(services.albums.get(scene.album.album_id))
    services.album_links.settle_due()
    services.album_links.end_at(services.albums.get(scene.album.album_id), None)
    services.album_links.settle_due()
    later = set(files_of(scene, stranger))
    assert len(later) == len(earlier)
    assert later.isdisjoint(earlier)
    assert not any(map(backend.objects.exists, scene.photos[UNLISTED].object_keys))
    current = backend.catalog.get(scene.photos[UNLISTED].photo_id)
    assert all(map(backend.objects.exists, current.stored_keys))


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
