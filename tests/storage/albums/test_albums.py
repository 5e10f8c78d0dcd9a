"""Albums and the lists that they are in, on both backends.

Covers app.services.albums.catalog, app.storage.aws.albums.album_items,
app.storage.aws.albums.albums, app.storage.local.sqlite_albums, app.storage.dynamodb_backend,
app.storage.sqlite_backend.
"""

from datetime import timedelta

import pytest
from ulid import ULID

from app.domain.albums.guests import GuestAccess
from app.domain.errors import AlbumConflict, AlbumNotFound
from tests.backends import Backend
from tests.storage.albums.samples import NOW, PUBLIC, UNLISTED, make_album, make_members
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all


def test_an_album_is_read_as_it_was_written(backend: Backend) -> None:
    """All fields come back, and a second album with the id is refused."""
    album = make_album(description="호수", cover="x", visibility=UNLISTED)
    backend.albums.create(album)
    assert backend.albums.get(album.album_id) == album
    with pytest.raises(AlbumConflict):
        backend.albums.create(album)
    with pytest.raises(AlbumNotFound):
        backend.albums.get(str(ULID()))


def test_an_update_of_an_earlier_version_is_refused(backend: Backend) -> None:
    album = make_album()
    backend.albums.create(album)
    newer = album.next_version(title="Sea")
    backend.albums.update(album, newer)
    with pytest.raises(AlbumConflict):
        backend.albums.update(album, album.next_version(title="Hill"))
    with pytest.raises(AlbumConflict):
        backend.albums.delete(album)
    assert backend.albums.get(album.album_id) == newer


def test_public_albums_are_listed_with_their_covers(backend: Backend) -> None:
    """The newest comes first. An unlisted album is in its owner's list alone."""
    albums = [make_album(title) for title in ("Lake", "Sea", "Hill")]
    hidden = make_album("Secret", visibility=UNLISTED)
    for album in (*albums, hidden):
        backend.albums.create(album)
        publish_all(backend, make_members(album, 2))
    tiles = backend.albums.public(9).tiles
    assert [tile.album for tile in tiles] == albums[::-1]
    assert all(tile.cover for tile in tiles)
    first = backend.albums.public(2)
    assert [tile.album for tile in first.tiles] == albums[:0:-1]
    second = backend.albums.public(2, before=first.older)
    assert ([tile.album for tile in second.tiles], second.older) == (albums[:1], None)
    own = backend.albums.owned("0" * 32, 9).tiles
    assert [tile.album for tile in own] == [hidden, *albums[::-1]]
    assert backend.albums.owned("1" * 32, 9).tiles == ()
    assert sorted(album.album_id for album in backend.albums.all()) == sorted(
        album.album_id for album in (*albums, hidden)
    )


def test_visibility_moves_an_album_between_the_lists(backend: Backend) -> None:
    album = make_album()
    backend.albums.create(album)
    unlisted = album.next_version(visibility=UNLISTED)
    backend.albums.update(album, unlisted)
    assert backend.albums.public(9).tiles == ()
    public = unlisted.next_version(visibility=PUBLIC)
    backend.albums.update(unlisted, public)
    assert [tile.album for tile in backend.albums.public(9).tiles] == [public]
    backend.albums.delete(public)
    assert backend.albums.public(9).tiles == backend.albums.owned("0" * 32, 9).tiles == ()
    with pytest.raises(AlbumNotFound):
        backend.albums.page(album.album_id, 9)


def test_the_oldest_public_album_is_found(backend: Backend) -> None:
    """An unlisted one is not, and its cover is no album."""
    assert backend.albums.oldest_public() is None
    unlisted, first, second = (make_album(visibility=it) for it in (UNLISTED, PUBLIC, PUBLIC))
    for album in (second, first, unlisted):
        backend.albums.create(album)
        publish_all(backend, make_members(album, 1))
    assert backend.albums.oldest_public() == first.album_id


def test_a_guest_code_leads_to_its_album_with_one_read(backend: Backend) -> None:
    """It does so with every change of the album, and ends with the album or by a new code."""
    album = make_album(guest_code="a" * 16, guest_access=GuestAccess.ADD, guest_until=NOW)
    backend.albums.create(album)
    assert backend.albums.with_guest_code("a" * 16) == album
    if backend.clients:
        with recorded(backend.clients) as calls:
            backend.albums.with_guest_code("a" * 16)
        assert calls.counts == {"GetItem": 1}
    titled = album.next_version(title="Sea", cover="x", visibility=UNLISTED)
    backend.albums.update(album, titled)
    assert backend.albums.with_guest_code("a" * 16) == titled
    renewed = titled.next_version(guest_code="b" * 16)
    backend.albums.update(titled, renewed)
    with pytest.raises(AlbumNotFound):
        backend.albums.with_guest_code("a" * 16)
    assert backend.albums.with_guest_code("b" * 16) == renewed
    backend.albums.delete(renewed)
    with pytest.raises(AlbumNotFound):
        backend.albums.with_guest_code("b" * 16)
    assert list(backend.albums.all()) == []
    assert list(backend.albums.entries()) == []


def test_no_album_takes_the_guest_code_of_another_one(backend: Backend) -> None:
    """A new album and a changed one are refused, and nothing is stored."""
    album, other = make_album(guest_code="a" * 16), make_album()
    backend.albums.create(album)
    backend.albums.create(other)
    with pytest.raises(AlbumConflict):
        backend.albums.create(make_album(guest_code="a" * 16))
    with pytest.raises(AlbumConflict):
        backend.albums.update(other, other.next_version(guest_code="a" * 16))
    assert backend.albums.with_guest_code("a" * 16) == album
    assert sorted(backend.albums.all(), key=lambda each: each.album_id) == [album, other]


def test_an_album_with_a_guest_code_is_listed_once(backend: Backend) -> None:
    """The copy that its code leads to is no other album, and no photo."""
    album = make_album(guest_code="a" * 16)
    backend.albums.create(album)
    publish_all(backend, make_members(album, 2))
    assert list(backend.albums.all()) == [album]
    assert len(backend.albums.page(album.album_id, 9).summaries) == 2
    assert [tile.album for tile in backend.albums.public(9).tiles] == [album]
    listings = {entry.listing for entry in backend.albums.entries()}
    assert listings == {*album.listings, f"album:{album.album_id}"}
    assert f"guest:{'a' * 16}" in listings
    found = backend.albums.find_copies(album.album_id, sorted(album.listings))
    assert {entry.listing for entry in found} == set(album.listings)


def test_albums_are_found_when_their_photos_are_to_follow(backend: Backend) -> None:
    """The earliest first, with one read, and none before its time."""
    times = [NOW + timedelta(minutes=minutes) for minutes in (3, 1, 2)]
    albums = [make_album(visibility=UNLISTED, ends_at=at, settle_at=at) for at in times]
    for album in (make_album(), *albums):
        backend.albums.create(album)
    _third, first, second = albums
    assert list(backend.albums.to_settle(NOW, 9)) == []
    assert list(backend.albums.to_settle(NOW + timedelta(minutes=2, seconds=1), 9)) == [
        first,
        second,
    ]
    assert list(backend.albums.to_settle(NOW + timedelta(hours=1), 2)) == [first, second]
    if backend.clients:
        with recorded(backend.clients) as calls:
            backend.albums.to_settle(NOW + timedelta(hours=1), 9)
        assert calls.counts == {"Query": 1}


def test_an_album_leaves_the_list_of_times(backend: Backend) -> None:
    """When its photos have followed, when the time changes, and when it is deleted."""
    album = make_album(visibility=UNLISTED, ends_at=NOW, settle_at=NOW)
    backend.albums.create(album)
    later = album.next_version(settle_at=NOW + timedelta(minutes=5))
    backend.albums.update(album, later)
    assert list(backend.albums.to_settle(NOW + timedelta(minutes=1), 9)) == []
    assert list(backend.albums.to_settle(NOW + timedelta(hours=1), 9)) == [later]
    assert {entry.listing for entry in backend.albums.entries()} >= set(later.listings)
    assert len(list(backend.albums.find_copies(album.album_id, later.listings))) == len(
        later.listings
    )
    settled = later.next_version(settle_at=None)
    backend.albums.update(later, settled)
    assert list(backend.albums.to_settle(NOW + timedelta(hours=1), 9)) == []
    backend.albums.update(settled, settled.next_version(settle_at=NOW))
    backend.albums.delete(backend.albums.get(album.album_id))
    assert list(backend.albums.to_settle(NOW + timedelta(hours=1), 9)) == []
