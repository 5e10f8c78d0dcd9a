"""The photos of albums: their order and their number, on both backends."""

from dataclasses import replace
from datetime import timedelta

from app.domain.albums.memberships import Membership
from app.domain.photo_summary import PhotoState
from tests.backends import Backend, make_photo
from tests.storage.albums.samples import NOW, UNLISTED, ids, make_album, make_members
from tests.storage.conftest import publish_all


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
