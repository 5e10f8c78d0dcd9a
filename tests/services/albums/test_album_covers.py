"""The cover of an album is one of its photos, which its host chooses."""

from collections.abc import Callable

import pytest

from app.domain.albums.album import AlbumVisibility
from app.domain.errors import AlbumConflict, PhotoBusy
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.albums.album_service import AlbumService
from tests.backends import Backend
from tests.services.albums.sample_albums import LAKE, OWNER, shown


def test_the_first_photo_is_the_cover_until_another_one_is_chosen(
    albums: AlbumService, publish: Callable[..., list[Photo]]
) -> None:
    """An album that loses its cover has none."""
    album = albums.create(OWNER, LAKE)
    first, second = publish(1, 2)
    for photo in (first, second):
        albums.add(album.album_id, photo.photo_id)
    page = albums.page(album.album_id, 9)
    assert page.cover
    assert page.cover.photo_id == page.album.cover == first.photo_id
    chosen = albums.choose_cover(page.album, second.photo_id)
    (tile,) = albums.public(9).tiles
    assert tile.cover
    assert (tile.album, tile.cover.photo_id) == (chosen, second.photo_id)
    albums.remove(album.album_id, second.photo_id)
    page = albums.page(album.album_id, 9)
    assert (page.cover, page.album.cover) == (None, "")
    assert shown(albums, album) == [first.photo_id]


def test_a_cover_is_listed_only_while_its_album_is(
    albums: AlbumService, backend: Backend, publish: Callable[..., list[Photo]]
) -> None:
    """An album that becomes unlisted leaves nothing in the list of albums."""
    album = albums.create(OWNER, LAKE)
    (photo,) = publish(1)
    albums.add(album.album_id, photo.photo_id)
    album = albums.get(album.album_id)
    unlisted = albums.update(album, album.version, LAKE, visibility=AlbumVisibility.UNLISTED)
    assert albums.public(9).tiles == ()
    assert not [entry for entry in backend.catalog.listings() if entry.listing == "albums"]
    assert albums.page(album.album_id, 9).cover
    albums.update(unlisted, unlisted.version, LAKE, visibility=AlbumVisibility.PUBLIC)
    assert [tile.cover is not None for tile in albums.public(9).tiles] == [True]


def test_an_album_can_be_changed_after_its_cover_was_deleted_permanently(
    albums: AlbumService, backend: Backend, publish: Callable[..., list[Photo]]
) -> None:
    album = albums.create(OWNER, LAKE)
    (photo,) = publish(1)
    added = albums.add(album.album_id, photo.photo_id)
    trashed = added.next_version(state=PhotoState.TRASHED, expires_at=0)
    backend.catalog.update(added, trashed)
    backend.catalog.delete(trashed)
    album = albums.get(album.album_id)
    unlisted = albums.update(album, album.version, LAKE, visibility=AlbumVisibility.UNLISTED)
    assert albums.get(album.album_id) == unlisted


def test_a_busy_cover_keeps_the_album_as_it_was(
    albums: AlbumService, backend: Backend, publish: Callable[..., list[Photo]]
) -> None:
    """The visibility of both changes together. A conflict leaves it as the other request set it."""
    album = albums.create(OWNER, LAKE)
    (photo,) = publish(1)
    added = albums.add(album.album_id, photo.photo_id)
    album = albums.get(album.album_id)
    backend.catalog.update(added, busy := added.next_version(lease_expires_at=2**40))
    unlisted = {"visibility": AlbumVisibility.UNLISTED}
    with pytest.raises(PhotoBusy):
        albums.update(album, album.version, LAKE, **unlisted)
    assert albums.get(album.album_id) == album
    backend.catalog.update(busy, busy.next_version(lease_expires_at=None))
    backend.albums.update(album, album.next_version(title="Sea"))
    with pytest.raises(AlbumConflict):
        albums.update(album, album.version, LAKE, **unlisted)
    (tile,) = albums.public(9).tiles
    assert tile.cover
    assert tile.cover.photo_id == photo.photo_id
