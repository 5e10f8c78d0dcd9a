"""The covers of albums, on both backends.

Covers app.domain.albums.covers.
"""

from dataclasses import replace

from app.domain.photo_summary import PhotoState
from tests.backends import Backend
from tests.storage.albums.samples import PUBLIC, UNLISTED, ids, make_album, make_members
from tests.storage.conftest import publish_all


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
