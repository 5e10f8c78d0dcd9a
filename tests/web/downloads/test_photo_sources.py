"""A ZIP file has only photos that its visitor sees on the page."""

import json
from dataclasses import replace
from datetime import datetime
from zlib import crc32

import pytest
from flask import Flask

from app.config import Config
from app.domain.albums.album_text import AlbumText
from app.domain.photo_summary import PhotoState, Role
from app.services.downloads import download_service
from app.services.factory import Services
from app.services.photo_service import PhotoService
from app.web.downloads.photo_sources import MAX_CHOSEN
from tests.backends import Backend, make_photo
from tests.sample_images import jpeg
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.downloads.zip_contents import LAKE, files_in, photos_in

PASSWORD = "let me upload"
ADMIN = {"Authorization": "Bearer let me rule"}


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password="let me rule")


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Another contributor, with a photo of their own."""
    stranger = Visitor(app)
    stranger.add()
    return stranger


def status(visitor: Visitor, path: str, **options: object) -> int:
    return visitor.get(path, **options).status_code


def test_hidden_and_deleted_photos_are_in_no_download_of_others(
    visitor: Visitor, stranger: Visitor, service: PhotoService
) -> None:
    """Neither by a listing nor by their ids. Strangers cannot tell them from no photo."""
    public, hidden, deleted = (visitor.add(tags="lake") for _ in range(3))
    service.hide(hidden, Role.CONTRIBUTOR)
    service.delete(deleted)
    by_ids = f"/download.zip?photo={public}&photo={hidden}&photo={deleted}"
    for path in (LAKE, by_ids):
        assert photos_in(stranger.get(path)) == [public]
        assert photos_in(Visitor(stranger.app).get(path)) == [public]
    for photo_id in (hidden, deleted, make_photo().photo_id, "nonsense"):
        assert status(stranger, f"/download.zip?photo={photo_id}") == 404
    assert photos_in(visitor.get(by_ids)) == [hidden, public]
    assert photos_in(visitor.get(by_ids, headers=ADMIN)) == [hidden, public]
    assert status(visitor, f"/download.zip?photo={deleted}") == 404
    assert status(visitor, f"/download.zip?photo={deleted}", headers=ADMIN) == 404


def test_an_album_and_a_month_are_downloaded_in_their_order(
    visitor: Visitor, services: Services, backend: Backend
) -> None:
    """Hidden photos are missing. The pages have the links."""
    body = b"an original"
    *photos, hidden = (
        make_photo(
            taken_at=datetime(2026, 11, day),  # noqa: DTZ001  local
            bytes=len(body),
            crc32=crc32(body),
        )
        for day in (3, 1, 2, 4)
    )
    publish_all(backend, [*photos, hidden])
    for photo in (*photos, hidden):
        backend.objects.put(photo.object_keys[-1], body)
    album = services.albums.create("0" * 32, AlbumText("Lake", ""))
    for photo in (*photos, hidden):
        services.albums.add(album.album_id, photo.photo_id)
    services.photos.hide(hidden.photo_id, Role.ADMIN)
    third, first, second = (photo.photo_id for photo in photos)
    for page, listing, expected in (
        (f"/albums/{album.album_id}", f"album:{album.album_id}", [first, second, third]),
        ("/2026/11", "taken:2026-11", [third, second, first]),
        ("/2026", "taken:2026", [third, second, first]),
    ):
        path = f"/download.zip?in={listing}"
        assert f'href="{path}"' in visitor.get(page).text
        assert photos_in(visitor.get(path)) == expected
    assert status(visitor, "/download.zip?in=taken:2025") == 404
    assert status(visitor, "/download.zip?in=album:x") == 404
    assert status(visitor, "/download.zip?in=taken") == 303  # the whole site needs a login


def test_the_next_file_begins_where_the_first_one_ends(
    visitor: Visitor, services: Services, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so even if the last photo of the first file is deleted in between."""
    monkeypatch.setattr(download_service, "MAX_PHOTOS", 2)
    body = b"an original"
    photos = [
        make_photo(
            taken_at=datetime(2026, 11, day),  # noqa: DTZ001  local
            tags=("lake",),
            bytes=len(body),
            crc32=crc32(body),
        )
        for day in range(1, 5)
    ]
    publish_all(backend, photos)
    album = services.albums.create("0" * 32, AlbumText("Lake", ""))
    for photo in photos:
        backend.objects.put(photo.object_keys[-1], body)
        services.albums.add(album.album_id, photo.photo_id)
    ids = [photo.photo_id for photo in photos]
    following = {}
    for listing, expected in (
        (f"album:{album.album_id}", ids),
        ("taken:2026", ids[::-1]),
        ("tag:lake", ids[::-1]),
    ):
        first = visitor.get(f"/download.zip?in={listing}")
        assert photos_in(first) == expected[:2]
        following[json.loads(files_in(first)["photos.json"])["next"]] = expected[2:]
    for photo_id in ids[1:3]:
        current = backend.catalog.get(photo_id)
        backend.catalog.update(current, current.next_version(state=PhotoState.HIDDEN))
    for path, rest in following.items():
        left = [photo_id for photo_id in rest if photo_id not in ids[1:3]]
        assert photos_in(visitor.get(path)) == left


def test_own_uploads_are_those_of_the_browser(
    visitor: Visitor, stranger: Visitor, service: PhotoService
) -> None:
    """Hidden ones are among them, deleted ones are not."""
    ids = [visitor.add() for _ in range(3)]
    service.hide(ids[0], Role.ADMIN)
    service.delete(ids[1])
    path = "/download.zip?in=uploads"
    assert photos_in(visitor.get(path)) == [ids[2], ids[0]]
    assert not set(photos_in(stranger.get(path))) & set(ids)
    assert status(Visitor(visitor.app), path) == 404


def test_a_batch_is_that_of_its_contributor(visitor: Visitor, stranger: Visitor) -> None:
    """Its page and its ZIP file have the same photos, and others get nothing."""
    visitor.add()
    location = visitor.upload(jpeg(80, 60), jpeg(90, 60)).location
    name = location.rpartition("batch=")[2]
    path = f"/download.zip?in=batch:{name}"
    ids = photos_in(visitor.get(path))
    assert len(ids) == 2
    assert all(photo_id.startswith(name) for photo_id in ids)
    assert status(stranger, path) == 404
    assert status(visitor, "/download.zip?in=batch:nonsense") == 404


def test_a_search_is_downloaded_as_far_as_a_page_searches(
    visitor: Visitor, service: PhotoService
) -> None:
    ids = [visitor.add(title=title) for title in ("blue lake", "red lake", "hill", "lake")]
    service.hide(ids[3], Role.ADMIN)
    assert photos_in(visitor.get("/download.zip?in=search:lake")) == [ids[1], ids[0]]
    assert status(visitor, "/download.zip?in=search:") == 404


def test_only_the_admin_downloads_the_whole_site(visitor: Visitor, service: PhotoService) -> None:
    """Others are asked to log in, as on the admin's page."""
    public, hidden = visitor.add(), visitor.add()
    service.hide(hidden, Role.CONTRIBUTOR)
    for path in ("/download.zip", "/download.zip?before=" + hidden):
        answer = visitor.get(path)
        assert (answer.status_code, "/login" in answer.location) == (303, True)
    assert photos_in(visitor.get("/download.zip", headers=ADMIN)) == [public]


@pytest.mark.parametrize(
    "value", ["", "tag:", "tag:" + "x" * 300, "nothing", "uploads:x", "album:1", "batch:", "tag"]
)
def test_an_unknown_listing_is_not_found(visitor: Visitor, value: str) -> None:
    """It is not replaced by the gallery, not even for the admin."""
    visitor.add()
    assert status(visitor, f"/download.zip?in={value}", headers=ADMIN) == 404


def test_a_selection_is_bounded(visitor: Visitor) -> None:
    """One photo more than the limit is refused before anything is read."""
    photo_id = visitor.add()
    many = "&".join(f"photo={photo_id}" for _ in range(MAX_CHOSEN))
    assert photos_in(visitor.get(f"/download.zip?{many}")) == [photo_id]
    assert status(visitor, f"/download.zip?{many}&photo={photo_id}") == 422


class TestWithPassword:
    """A site whose contributors log in."""

    @pytest.fixture
    def config(self, config: Config) -> Config:
        return replace(config, upload_password=PASSWORD)

    def test_own_uploads_need_the_login(self, app: Flask, service: PhotoService) -> None:
        """After a logout the same browser sees public photos alone, as on the pages."""
        visitor = Visitor(app)
        visitor.submit("/login", password=PASSWORD)
        public, hidden = visitor.add(tags="lake"), visitor.add(tags="lake")
        service.hide(hidden, Role.CONTRIBUTOR)
        both = f"/download.zip?photo={public}&photo={hidden}"
        for path in ("/download.zip?in=uploads", both):
            assert photos_in(visitor.get(path)) == [hidden, public]
        visitor.post("/logout", visitor.fields("/"))
        for path in ("/download.zip?in=uploads", f"/download.zip?in=batch:{hidden[:10]}"):
            answer = visitor.get(path)
            assert (answer.status_code, "/login" in answer.location) == (303, True)
        assert photos_in(visitor.get(both)) == [public]
        assert photos_in(visitor.get(LAKE)) == [public]


def test_the_chosen_photos_of_a_form_are_downloaded(visitor: Visitor) -> None:
    """The form leads to an address without its other fields, and needs its token."""
    ids = [visitor.add() for _ in range(2)]
    form = visitor.fields("/uploads") | {"photo": ids}
    answer = visitor.post("/download.zip", form)
    assert answer.status_code == 303
    assert answer.location == f"/download.zip?photo={ids[0]}&photo={ids[1]}"
    assert photos_in(visitor.get(answer.location)) == ids[::-1]
    assert visitor.post("/download.zip", visitor.fields("/uploads")).status_code == 422
    assert visitor.post("/download.zip", {"photo": ids}).status_code == 400
