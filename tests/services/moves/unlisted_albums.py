"""Unlisted albums whose links end and open, and the objects of their photos."""

from dataclasses import replace

from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.maintenance import IntegrityCheck
from app.services.factory import Services
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.services.sample_uploads import upload

HOST = "b" * 32
PARTY = AlbumText("Party", "")


def new_album(services: Services) -> Album:
    return services.albums.create(HOST, PARTY, visibility=AlbumVisibility.UNLISTED)


def add_photo(services: Services, album: Album) -> Photo:
    """Publish an unlisted photo in an album."""
    membership = services.albums.new_membership(album)
    request = replace(upload(jpeg(320, 240)), albums=(membership,), unlisted=True)
    return services.uploads.publish(request).photo


def stored(backend: Backend, photo: Photo) -> set[str]:
    """Return the keys of all objects of a photo."""
    return {each.key for each in backend.objects.list("") if photo.photo_id in each.key}


def end(services: Services, album: Album) -> None:
    """End the link of an album, and let its photos follow."""
    services.album_links.end_now(services.albums.get(album.album_id))
    services.album_links.settle_due()


def open_again(services: Services, album: Album) -> None:
    """Open the ended link of an album, and let its photos follow."""
    services.album_links.end_at(services.albums.get(album.album_id), None)
    services.album_links.settle_due()


def state_in(*, is_open: bool) -> PhotoState:
    """Return the state of an unlisted photo in an open or a closed album."""
    return PhotoState.UNLISTED if is_open else PhotoState.PRIVATE


def assert_is(backend: Backend, photo: Photo, state: PhotoState) -> Photo:
    """The record has the state, and the objects are where it says, and nowhere else."""
    current = backend.catalog.get(photo.photo_id)
    assert current.state is state
    assert stored(backend, photo) == {*current.stored_keys, current.sidecar_key}
    assert list(IntegrityCheck(backend)) == []
    return current
