"""The use cases of albums.

Covers app.services.albums.album_records, app.domain.albums.album, app.domain.albums.album_text,
app.domain.albums.memberships, app.domain.albums.pages, app.services.albums.album_sidecars.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.albums.album import Album, AlbumOrder
from app.domain.albums.album_text import AlbumText
from app.domain.albums.memberships import MAX_ALBUMS
from app.domain.errors import AlbumConflict, AlbumNotFound, InvalidText, PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.albums.album_service import AlbumService
from app.services.factory import build_services
from tests.backends import Backend, make_photo
from tests.services.albums.sample_albums import LAKE, OWNER, no_image, shown


def stored(backend: Backend, album: Album) -> Any:
    with backend.objects.open(f"records/albums/{album.album_id}.json") as sidecar:
        return json.load(sidecar)


def test_an_album_keeps_its_texts_and_has_a_sidecar(albums: AlbumService, backend: Backend) -> None:
    """The sidecar follows each change, and is deleted with the album."""
    album = albums.create(OWNER, AlbumText("  Lake\n", " Two\nlines "))
    assert (album.title, album.description) == ("Lake", "Two\nlines")
    assert stored(backend, album) == album.to_dict()
    updated = albums.update(album, 1, AlbumText("Sea", ""), order=AlbumOrder.ADDED)
    assert albums.get(album.album_id) == updated
    assert Album.from_dict(stored(backend, album)) == updated
    assert albums.update(updated, 2, AlbumText("Sea", "")) is updated
    with pytest.raises(AlbumConflict):
        albums.update(updated, 1, LAKE)
    albums.delete(updated)
    assert not backend.objects.exists(f"records/albums/{album.album_id}.json")
    with pytest.raises(AlbumNotFound):
        albums.get(album.album_id)


@pytest.mark.parametrize(
    ("text", "field"), [(AlbumText(" ", ""), "title"), (AlbumText("x", "x" * 5001), "description")]
)
def test_texts_are_checked(albums: AlbumService, text: AlbumText, field: str) -> None:
    with pytest.raises(InvalidText) as error:
        albums.create(OWNER, text)
    assert error.value.field == field


def test_the_order_is_that_of_the_album(
    albums: AlbumService, backend: Backend, publish: Callable[..., list[Photo]]
) -> None:
    """By date taken, by the time they were added, or by hand with new photos at the end."""
    photos = publish(3, 1, 2)
    for order, expected in (
        (AlbumOrder.TAKEN, [1, 2, 0]),
        (AlbumOrder.ADDED, [2, 1, 0]),
        (AlbumOrder.MANUAL, [2, 1, 0]),
    ):
        clock = iter(datetime(2026, 12, day, tzinfo=UTC) for day in (1, 2, 3, 4))
        service = build_services(
            backend, no_image, max_file_bytes=0, now=lambda clock=clock: next(clock)
        ).albums
        album = service.create(OWNER, LAKE, order=order)
        for photo in reversed(photos):
            service.add(album.album_id, photo.photo_id)
        assert shown(albums, album) == [photos[index].photo_id for index in expected], order


def test_another_order_changes_the_keys_of_the_photos(
    albums: AlbumService, backend: Backend, publish: Callable[..., list[Photo]]
) -> None:
    album = albums.create(OWNER, LAKE)
    photos = publish(2, 1)
    for photo in photos:
        albums.add(album.album_id, photo.photo_id)
    album = albums.get(album.album_id)
    assert shown(albums, album) == [photos[1].photo_id, photos[0].photo_id]
    by_time_added = replace(album, order=AlbumOrder.ADDED)
    for number, photo in enumerate(photos):
        current = backend.catalog.get(photo.photo_id)
        (membership,) = current.albums
        added_at = datetime(2026, 12, 1 + number, tzinfo=UTC)
        dated = current.next_version(albums=(replace(membership, added_at=added_at),))
        backend.catalog.update(current, dated)
        albums.sort(by_time_added, dated)
    assert shown(albums, album) == [photo.photo_id for photo in photos]
    for photo in photos:
        albums.sort(album, backend.catalog.get(photo.photo_id))
    assert shown(albums, album) == [photos[1].photo_id, photos[0].photo_id]


def test_a_photo_is_in_a_bounded_number_of_albums(
    albums: AlbumService, backend: Backend, publish: Callable[..., list[Photo]]
) -> None:
    """A photo that is added twice is there once."""
    (photo,) = publish(1)
    for _ in range(MAX_ALBUMS):
        album = albums.create(OWNER, LAKE)
        albums.add(album.album_id, photo.photo_id)
        albums.add(album.album_id, photo.photo_id)
        assert shown(albums, album) == [photo.photo_id]
    with pytest.raises(InvalidText):
        albums.add(albums.create(OWNER, LAKE).album_id, photo.photo_id)
    assert len(backend.catalog.get(photo.photo_id).albums) == MAX_ALBUMS


def test_a_hidden_photo_stays_in_its_albums(
    albums: AlbumService, backend: Backend, publish: Callable[..., list[Photo]]
) -> None:
    """Visitors see it again when it is public again. A missing photo cannot be added."""
    album = albums.create(OWNER, LAKE)
    (photo,) = publish(1)
    added = albums.add(album.album_id, photo.photo_id)
    backend.catalog.update(added, hidden := added.next_version(state=PhotoState.HIDDEN))
    assert shown(albums, album) == []
    backend.catalog.update(hidden, hidden.next_version(state=PhotoState.PUBLIC))
    assert shown(albums, album) == [photo.photo_id]
    with pytest.raises(PhotoNotFound):
        albums.add(album.album_id, make_photo().photo_id)


def test_a_photo_in_the_trash_can_leave_an_album_but_not_join_one(
    albums: AlbumService, backend: Backend, publish: Callable[..., list[Photo]]
) -> None:
    """The album does not come back with the photo when that is restored."""
    album, other = albums.create(OWNER, LAKE), albums.create(OWNER, LAKE)
    (photo,) = publish(1)
    added = albums.add(album.album_id, photo.photo_id)
    trashed = added.next_version(state=PhotoState.TRASHED, expires_at=2_000_000_000)
    backend.catalog.update(added, trashed)
    with pytest.raises(PhotoNotFound):
        albums.add(other.album_id, photo.photo_id)
    albums.remove(album.album_id, photo.photo_id)
    assert backend.catalog.get(photo.photo_id).albums == ()
    assert albums.get(album.album_id).cover == ""


def test_a_photo_can_leave_an_album_that_was_deleted(
    albums: AlbumService, backend: Backend, publish: Callable[..., list[Photo]]
) -> None:
    album = albums.create(OWNER, LAKE)
    (photo,) = publish(1)
    albums.add(album.album_id, photo.photo_id)
    albums.delete(albums.get(album.album_id))
    albums.remove(album.album_id, photo.photo_id)
    assert backend.catalog.get(photo.photo_id).albums == ()
