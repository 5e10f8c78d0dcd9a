"""`check` finds albums without their cover, and `repair` gives them one."""

import pytest

from app.domain.albums.album import LISTING, AlbumVisibility
from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.backends import Backend
from tests.maintenance.albums.conftest import MakeAlbum, findings, repair
from tests.maintenance.albums.mismatches import COVER, STALE, UNLISTED, assert_repaired, kinds, mark


def expire(backend: Backend, services: Services, photo_id: str) -> None:
    """Delete a photo as AWS empties the trash by itself: the album is not changed."""
    services.photos.delete(photo_id)
    photo = backend.catalog.get(photo_id)
    backend.objects.delete((*photo.stored_keys, photo.sidecar_key))
    backend.catalog.delete(photo)


def test_a_photo_that_became_the_cover_halfway_is_the_cover(
    backend: Backend, make_album: MakeAlbum
) -> None:
    """Only its record says so yet."""
    album, photo_ids = make_album(2)
    backend.albums.update(album, album.next_version(cover=""))
    assert_repaired(backend, COVER, STALE)
    assert backend.albums.get(album.album_id).cover == photo_ids[0]


def test_an_album_has_one_cover(backend: Backend, make_album: MakeAlbum) -> None:
    """The record of the album says which, and of which visibility."""
    album, photo_ids = make_album(3)
    unlisted, others = make_album(1)
    mark(backend, photo_ids[1], album.visibility)
    mark(backend, photo_ids[0], None)
    backend.albums.update(unlisted, unlisted.next_version(visibility=UNLISTED))
    assert_repaired(backend, COVER, STALE)
    covers = [backend.catalog.get(photo_id).albums[0].cover for photo_id in (*photo_ids, *others)]
    assert covers == [AlbumVisibility.PUBLIC, None, None, UNLISTED]
    assert [entry.photo_id for entry in backend.catalog.listings() if entry.listing == LISTING] == [
        photo_ids[0]
    ]


@pytest.mark.parametrize("loss", ["expired", "removed", "hidden by the admin"])
def test_an_album_that_lost_its_cover_gets_another_one(
    backend: Backend, services: Services, make_album: MakeAlbum, loss: str
) -> None:
    """The first photo that visitors see in it."""
    album, photo_ids = make_album(3)
    services.albums.choose_cover(album, photo_ids[0])
    cover = backend.catalog.get(photo_ids[0])
    match loss:
        case "expired":
            expire(backend, services, cover.photo_id)
        case "removed":
            backend.catalog.update(cover, cover.next_version(albums=()))
        case _:
            services.photos.hide(cover.photo_id, Role.ADMIN)
    assert COVER in kinds(backend)
    assert repair(backend) == []
    assert findings(backend) == []
    page = backend.albums.page(album.album_id, 9)
    assert page.cover
    assert page.album.cover == page.cover.photo_id == page.summaries[0].photo_id


def test_an_album_without_photos_loses_its_cover(
    backend: Backend, services: Services, make_album: MakeAlbum
) -> None:
    album, photo_ids = make_album(1)
    expire(backend, services, photo_ids[0])
    assert_repaired(backend, COVER)
    assert backend.albums.get(album.album_id).cover == ""
