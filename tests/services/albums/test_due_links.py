"""The background task moves the photos of all albums whose links end, on both backends."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from app.config import Config
from app.domain.errors import StorageRefused, StorageUnavailable
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.albums import due_links
from app.services.factory import Services
from app.services.moves.unlisted_photos import UnlistedPhotos
from app.services.photo_objects import PhotoObjects
from tests.backends import Backend, local_backend
from tests.conftest import services_of
from tests.services.albums.test_album_links import current, state
from tests.services.moves.unlisted_albums import add_photo, new_album


def now() -> datetime:
    return datetime.now(UTC)


def test_the_photos_of_an_album_follow_several_at_a_time(tmp_path: Path, config: Config) -> None:
    """The album of a party with thousands of photos is done within minutes."""
    backend = local_backend(tmp_path)
    services = services_of(backend, config)
    album = new_album(services)
    photos = [add_photo(services, album) for _ in range(2)]
    services.album_links.end_now(current(services, album))
    both = Barrier(2, timeout=20)

    class Together(UnlistedPhotos):
        def settle(self, photo_id: str) -> Photo:
            both.wait()
            return super().settle(photo_id)

    unlisted = Together(backend, PhotoObjects(backend.objects, 1), now)
    due = due_links.DueLinks(backend.albums, unlisted, services.album_links.finish, now, 2)
    assert due.settle() == 1
    assert {state(backend, photo) for photo in photos} == {PhotoState.PRIVATE}


def test_a_large_album_holds_up_no_other(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The albums take turns, however many photos one of them has."""
    monkeypatch.setattr(due_links, "_PHOTOS", 1)
    albums = [new_album(services) for _ in range(2)]
    for album in (*albums, albums[0], albums[0]):
        add_photo(services, album)
    for album in albums:
        services.album_links.end_now(current(services, album))
    order: list[str] = []
    settle = UnlistedPhotos.settle

    def noted(self: UnlistedPhotos, photo_id: str) -> Photo:
        photo = settle(self, photo_id)
        order.append(photo.albums[0].album_id)
        return photo

    monkeypatch.setattr(UnlistedPhotos, "settle", noted)
    assert services.album_links.settle_due() == 2
    assert len(order) == 4
    assert order.index(albums[1].album_id) < 2


@pytest.mark.parametrize("error", [OverflowError, StorageRefused, StorageUnavailable])
def test_a_photo_that_fails_stops_no_other(
    backend: Backend,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
) -> None:
    """The album stays due until all of its photos have followed."""
    monkeypatch.setattr(due_links, "_PHOTOS", 2)
    album = new_album(services)
    photos = [add_photo(services, album) for _ in range(4)]
    services.album_links.end_now(current(services, album))
    settle = UnlistedPhotos.settle

    def fail(self: UnlistedPhotos, photo_id: str) -> Photo:
        if photo_id == photos[0].photo_id:
            raise error("injected")
        return settle(self, photo_id)

    with monkeypatch.context() as patch:
        patch.setattr(UnlistedPhotos, "settle", fail)
        assert services.album_links.settle_due() == 0
    private = PhotoState.PRIVATE
    assert [state(backend, photo) for photo in photos] == [PhotoState.UNLISTED, *[private] * 3]
    assert services.album_links.settle_due() == 1
    assert state(backend, photos[0]) is private
