"""No answer tells strangers of a pending photo, or outside of its albums of an unlisted one.

Every route that answers GET is in the table below, with addresses that name the photos in every
way. A new route fails the first test until it is added.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.config import Config
from app.domain import object_keys
from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.image.taken_date import TakenDate
from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.domain.upload import KnownFacts, PhotoText, UploadRequest
from app.services.factory import Services
from app.web.auth.contributor_cookie import owner_hash
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

HOST = owner_hash("the host")
GUEST = owner_hash("the guest")
PENDING, UNLISTED, PUBLIC = "Quokka", "Wombat", "Heron"
TAKEN = {PENDING: "1987-03-01", UNLISTED: "1986-02-01", PUBLIC: "2026-11-01"}
BEFORE_ALL, AFTER_ALL = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "00000000000000000000000000"


@dataclass(frozen=True)
class Scene:
    """A pending, an unlisted and a public photo of a guest, in one album of a host."""

    album: Album
    photos: dict[str, Photo]
    bodies: dict[str, bytes]

    @property
    def inside(self) -> tuple[str, ...]:
        """The parts of the addresses that only those know who may open the album."""
        return (f"/albums/{self.album.album_id}", f"album:{self.album.album_id}")

    def is_inside(self, path: str) -> bool:
        """Return whether the path names the album."""
        return any(part in path or quote(part, safe="") in path for part in self.inside)


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


def listings_of(scene: Scene) -> list[str]:
    """Return values of the parameter `in`, every kind of them."""
    album_id = scene.album.album_id
    words = [f"tag:{word}" for word in ("sea", PENDING.lower(), UNLISTED.lower())]
    searches = [f"search:{word}" for word in ("night", PENDING, UNLISTED)]
    years = [f"taken:{year}" for year in ("1987", "1987-03", "1986", "1986-02", "2026")]
    return [*words, *searches, *years, "taken", "undated", "uploads", f"album:{album_id}"]


def paths_of(scene: Scene) -> dict[str, list[str]]:
    """Return addresses of each endpoint that name the photos, their tags, dates and album."""
    ids = [photo.photo_id for photo in scene.photos.values()]
    album = f"/albums/{scene.album.album_id}"
    guest_link = f"/join/{scene.album.guest_code}"
    listings = [quote(value, safe="") for value in listings_of(scene)]
    tags = ["sea", PENDING.lower(), UNLISTED.lower()]
    of_photo = {
        "album_choice.of_photo": "albums",
        "photos.confirm_delete": "delete",
        "photos.edit": "edit",
        "photos.confirm_purge": "purge",
        "qr_codes.show": "qr.svg",
    }
    chosen = "&".join(f"photo={photo_id}" for photo_id in ids)
    prefixes = [prefix.rstrip("/") for prefix in object_keys.PHOTO_PREFIXES]
    names = [object_keys.name_of(key) for key in scene.photos[PENDING].object_keys]
    return {
        "gallery.index": ["/", "/?order=taken", "/?order=added", f"/?before={BEFORE_ALL}"],
        "archive.year": ["/1987", "/1986", "/2026"],
        "archive.month": ["/1987/03", "/1986/02", "/2026/11"],
        "archive.undated": ["/undated"],
        "admin.index": ["/admin"],
        "admin.hidden": ["/admin/hidden"],
        "admin.deleted": ["/admin/deleted"],
        "status.show": ["/admin/status"],
        "metrics.show": ["/metrics"],
        "open_reports.index": ["/admin/reports"],
        "tokens.index": ["/admin/tokens"],
        "tokens.confirm_revoke": [f"/admin/tokens/{'0' * 12}/revoke"],
        "site_review.show": ["/admin/pending", "/admin/pending?select=all"],
        "site_review.show_after": ["/admin/pending/approve"],
        "contributors.show": [f"/admin/contributors/{GUEST}"],
        "contributors.confirm": [f"/admin/contributors/{GUEST}/hide"],
        "albums.index": ["/albums"],
        "albums.mine": ["/albums/mine"],
        "albums.show": [album, f"{album}?after=0", f"{album}?size=large", f"{album}?by=Mina"],
        "albums.card": [f"{album}/card"],
        "album_photos.index": [f"{album}/arrange"],
        "album_editor.new": ["/albums/new"],
        "album_editor.edit": [f"{album}/edit"],
        "album_editor.confirm_delete": [f"{album}/delete"],
        "album_editor.show_sort": [f"{album}/sort"],
        "wall.show": [f"{album}/wall", *(f"{album}/wall?photo={each}" for each in ids)],
        "wall.new": [f"{album}/wall/new"],
        "album_guests.index": [f"{album}/guests"],
        "album_link.index": [f"{album}/link"],
        "album_link.show_after": [f"{album}/link/end", f"{album}/link/open"],
        "album_guests.confirm": [f"{album}/guests/renew", f"{album}/guests/end"],
        "album_guests.card": [f"{album}/guests/card"],
        "guests.show": [guest_link],
        "guests.upload": [f"{guest_link}/upload"],
        "guests.thanks": [f"{guest_link}/thanks"],
        "qr_codes.guest_link": [f"{guest_link}/qr.svg"],
        "album_review.show": [f"{album}/review", f"{album}/review?select=all"],
        "album_review.show_after": [f"{album}/review/approve"],
        "atom.album": [f"{album}/feed.xml"],
        "qr_codes.album": [f"{album}/qr.svg"],
        "zip_files.show": [
            f"/download.zip?{chosen}",
            *(f"/download.zip?in={listing}" for listing in listings),
        ],
        "atom.latest": ["/feed.xml"],
        "atom.tag": [f"/tags/{tag}/feed.xml" for tag in tags],
        "health.healthz": ["/healthz"],
        "health.readyz": ["/readyz"],
        "login.new": ["/login"],
        "web_manifest.show": ["/manifest.webmanifest"],
        "local_media.file": [
            f"/media/{prefix}/{scene.photos[PENDING].photo_id}/{name}"
            for prefix in prefixes
            for name in (*names, "record.json")
        ],
        "oembed.show": [
            f"/oembed?url=http://localhost/photos/{photo_id}{query}"
            for photo_id in ids
            for query in ("", f"%3Fin={quote(scene.inside[1], safe='')}")
        ],
        "openapi.show": ["/openapi.json"],
        "photos.show": [
            f"/photos/{photo_id}{query}"
            for photo_id in ids
            for query in ("", *(f"?in={listing}" for listing in listings))
        ],
        "selection.show": [
            "/photos/select",
            *(f"/photos/select?in={listing}&select=all" for listing in listings),
            *(f"/photos/select?in={name}" for name in ("deleted", "hidden", "trash")),
            f"/photos/select?in=contributor:{GUEST}",
            *(f"/photos/select?in=batch:{photo_id[:10]}" for photo_id in ids),
        ],
        "selection.show_after": [f"/photos/select/tags?in={listing}" for listing in listings],
        "reporting.new": [
            f"/photos/{photo_id}/report{query}"
            for photo_id in ids
            for query in ("", *(f"?in={listing}" for listing in listings))
        ],
        "reporting.thanks": [f"/photos/{photo_id}/report/thanks" for photo_id in ids],
        "photo_files.show": [
            f"/photos/{photo_id}/files/{name}" for photo_id in ids for name in names
        ],
        **{name: [f"/photos/{each}/{verb}" for each in ids] for name, verb in of_photo.items()},
        "robots.show": ["/robots.txt"],
        "search.index": [f"/search?q={word}" for word in ("night", PENDING, UNLISTED, "sea")],
        "sitemap.index": ["/sitemap.xml"],
        "sitemap.albums": [f"/sitemap-albums-{scene.album.created_at:%Y-%m}.xml"],
        "sitemap.archive": ["/sitemap-archive.xml"],
        "sitemap.show": ["/sitemap-2026-11.xml", "/sitemap-1987-03.xml"],
        "slideshow.show": [
            "/slideshow",
            *(f"/slideshow?in={listing}" for listing in listings),
            *(f"/slideshow?in={listing}&before={BEFORE_ALL}" for listing in listings),
            *(f"/slideshow?in={listing}&after={AFTER_ALL}" for listing in listings),
        ],
        "static.file": [],
        "tags.index": ["/tags", "/tags?start="],
        "tag_suggestions.index": ["/tags.json"],
        "tags.show": [f"/tags/{tag}" for tag in tags],
        "transfer.confirm": ["/transfer"],
        "transfer.confirm_others": ["/transfer/others"],
        "upload.new": ["/upload", f"/upload?album={scene.album.album_id}"],
        "upload_permission.show": ["/upload/permission"],
        "my_uploads.index": ["/uploads"],
        "my_uploads.deleted": ["/uploads/deleted"],
        "batches.edit": [f"/uploads/batches/{photo_id[:10]}" for photo_id in ids],
        "batches.show": [f"/uploads/batches/{photo_id[:10]}/delete" for photo_id in ids],
    }


def test_every_route_is_in_the_table(app: Flask, scene: Scene) -> None:
    """A new route is added here together with addresses that could show a photo."""
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert routes ^ set(paths_of(scene)) == set()


def texts_of(response: TestResponse) -> Iterator[str]:
    """Yield everything that an answer says: headers, body, and the files of a ZIP file."""
    yield str(response.headers)
    if response.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(response.data)) as files:
            for name in files.namelist():
                yield name
                yield files.read(name).decode("latin-1")
    yield response.data.decode("latin-1")


def secrets_of(scene: Scene, name: str) -> list[str]:
    """Return what tells of a photo: its words, its dates, and the keys of its objects."""
    photo = scene.photos[name]
    year = TAKEN[name][:4]
    return [name, name.lower(), photo.photo_id, photo.sha256, f"/{year}", f"{year}-"]


def revealed(path: str, response: TestResponse, secrets: list[str]) -> list[str]:
    """Return the secrets in an answer. A path is no secret to those who have sent it."""
    texts = "\n".join(texts_of(response))
    unknown = [secret for secret in secrets if secret.strip("/-") not in path]
    return [secret for secret in unknown if secret in texts]


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


def is_of(scene: Scene, name: str, path: str) -> bool:
    """Return whether the path is that of one photo. Thanks for a report are the same for all."""
    is_thanks = path.endswith("/report/thanks")
    return path.startswith(f"/photos/{scene.photos[name].photo_id}") and not is_thanks


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
