"""Albums, their photos and their covers, on both backends.

Covers app.domain.albums.covers, app.services.albums.catalog, app.storage.aws.albums.album_items,
app.storage.aws.albums.albums, app.storage.local.sqlite_albums, app.storage.dynamodb_backend,
app.storage.sqlite_backend.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ulid import ULID

from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.guests import GuestAccess
from app.domain.albums.memberships import Membership
from app.domain.errors import AlbumConflict, AlbumNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from tests.backends import Backend, make_photo
from tests.storage.aws_calls import recorded
from tests.storage.conftest import publish_all

NOW = datetime(2026, 11, 29, 20, 0, tzinfo=UTC)
PUBLIC, UNLISTED = AlbumVisibility.PUBLIC, AlbumVisibility.UNLISTED


def make_album(title: str = "Lake", **fields: object) -> Album:
    """Return a new album of the owner of `make_photo`."""
    album = Album(album_id=str(ULID()), title=title, owner="0" * 32, created_at=NOW)
    return replace(album, **fields)  # type: ignore[arg-type]  # any field


def make_members(album: Album, count: int, **fields: object) -> list[Photo]:
    """Return photos of an album, taken one minute after the other, and the first is the cover."""
    photos = []
    for number in range(count):
        cover = album.visibility if number == 0 else None
        membership = Membership(album.album_id, NOW, cover=cover)
        taken_at = datetime(2026, 11, 1, 12, number)  # noqa: DTZ001  local
        photos.append(make_photo(taken_at=taken_at, albums=(membership,), **fields))
    return photos


def ids(photos: Sequence[object]) -> list[str]:
    return [photo.photo_id for photo in photos]  # type: ignore[attr-defined]


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


def test_pages_of_an_album_are_in_its_order_in_both_directions(backend: Backend) -> None:
    """They overlap nowhere and leave nothing out, whatever the order of the uploads."""
    album = make_album()
    backend.albums.create(album)
    photos = make_members(album, 7)
    publish_all(backend, [*photos[::2], *photos[1::2], make_photo()])
    first = backend.albums.page(album.album_id, 3)
    assert (first.album, first.cover, first.previous) == (album, photos[0].summary, None)
    pages = [first]
    while cursor := pages[-1].next:
        pages.append(backend.albums.page(album.album_id, 3, after=cursor))
    assert [ids(page.summaries) for page in pages] == [ids(photos[n : n + 3]) for n in (0, 3, 6)]
    back = backend.albums.page(album.album_id, 3, before=pages[-1].previous)
    assert ids(back.summaries) == ids(photos[3:6])
    start = backend.albums.page(album.album_id, 3, before=back.previous)
    assert (ids(start.summaries), start.previous) == (ids(photos[:3]), None)
    last = backend.albums.last_position(album.album_id)
    assert last
    assert last.endswith(photos[-1].photo_id)


def test_a_key_moves_one_photo(backend: Backend) -> None:
    """Its old entry is gone."""
    album = make_album()
    backend.albums.create(album)
    photos = make_members(album, 3)
    publish_all(backend, photos)
    (membership,) = photos[0].albums
    moved = photos[0].next_version(albums=(replace(membership, key="20270101000000"),))
    backend.catalog.update(photos[0], moved)
    page = backend.albums.page(album.album_id, 9)
    assert ids(page.summaries) == ids([photos[1], photos[2], moved])


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


def test_a_cover_follows_its_photo(backend: Backend) -> None:
    """It has the new title after an edit, and is gone while the photo is hidden."""
    album = make_album()
    backend.albums.create(album)
    (photo,) = make_members(album, 1)
    publish_all(backend, [photo])
    backend.catalog.update(photo, edited := photo.next_version(title="New"))
    hidden = edited.next_version(state=PhotoState.HIDDEN)
    for before, cover in ((None, edited.summary), (edited, None)):
        if before:
            backend.catalog.update(before, hidden)
        assert backend.albums.page(album.album_id, 9).cover == cover
        assert [tile.cover for tile in backend.albums.public(9).tiles] == [cover]
    backend.catalog.update(hidden, shown := hidden.next_version(state=PhotoState.PUBLIC))
    assert backend.albums.page(album.album_id, 9).cover == shown.summary


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


def test_a_photo_is_in_up_to_five_albums(backend: Backend) -> None:
    """Leaving one changes the others not."""
    albums = [make_album() for _ in range(5)]
    for album in albums:
        backend.albums.create(album)
    memberships = tuple(
        Membership(album.album_id, NOW + timedelta(minutes=n)) for n, album in enumerate(albums)
    )
    photo = make_photo(albums=memberships)
    publish_all(backend, [photo])
    backend.catalog.update(photo, photo.next_version(albums=memberships[1:]))
    sizes = [len(backend.albums.page(album.album_id, 9).summaries) for album in albums]
    assert sizes == [0, 1, 1, 1, 1]


def test_photos_of_albums_are_counted(backend: Backend) -> None:
    """A photo counts while it is public and in the album. All albums are one read."""
    albums = [make_album(), make_album(visibility=UNLISTED), make_album()]
    for album in albums:
        backend.albums.create(album)
    hidden, removed, _ = photos = make_members(albums[0], 3)
    publish_all(backend, [*photos, *make_members(albums[1], 1)])
    album_ids = [album.album_id for album in albums]
    counts = backend.albums.counts(album_ids)
    assert [counts.get(album_id, 0) for album_id in album_ids] == [3, 1, 0]
    backend.catalog.update(hidden, hidden.next_version(state=PhotoState.HIDDEN))
    backend.catalog.update(removed, removed.next_version(albums=()))
    assert backend.albums.counts(album_ids)[album_ids[0]] == 1


def test_covers_are_read_by_their_ids(backend: Backend) -> None:
    """A cover that is hidden, and an album without one, are left out."""
    shown, hidden, empty = albums = [make_album(visibility=UNLISTED) for _ in range(3)]
    first, second = (make_members(album, 1)[0] for album in (shown, hidden))
    publish_all(backend, [first, second])
    backend.catalog.update(second, second.next_version(state=PhotoState.HIDDEN))
    with_covers = [replace(shown, cover=first.photo_id), replace(hidden, cover=second.photo_id)]
    assert backend.albums.covers([*with_covers, empty]) == {shown.album_id: first.summary}
    assert backend.albums.covers(albums[2:]) == {}


def test_covers_without_an_album_hide_no_album(backend: Backend) -> None:
    """They are left if an album is deleted while its cover is hidden, until `repair`."""
    albums = [make_album(f"Album {number}") for number in range(5)]
    for album in albums:
        backend.albums.create(album)
        publish_all(backend, make_members(album, 1))
        for _ in range(3):
            publish_all(backend, make_members(make_album(), 1))
    first = backend.albums.public(3)
    second = backend.albums.public(3, before=first.older)
    assert [tile.album for tile in first.tiles + second.tiles] == albums[::-1]
    assert second.older is None


def test_covers_of_earlier_times_hide_no_photo(backend: Backend) -> None:
    """An album has several if a request was killed."""
    album = make_album()
    backend.albums.create(album)
    photos = make_members(album, 6)
    marked = [replace(photo, albums=(replace(photo.albums[0], cover=PUBLIC),)) for photo in photos]
    publish_all(backend, marked)
    first = backend.albums.page(album.album_id, 4)
    second = backend.albums.page(album.album_id, 4, after=first.next)
    assert ids(first.summaries + second.summaries) == ids(photos)


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
