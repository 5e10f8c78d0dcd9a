"""The operations on albums and on their photos: preparation, calls, and expected result."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.errors import AlbumNotFound
from app.domain.photo_summary import PhotoState, Role
from app.services.factory import Services
from app.services.ports import Backend
from tests.faults.restartable_site import RestartableSite
from tests.maintenance.conftest import OWNER, upload

LAKE, SEA = AlbumText("Lake", ""), AlbumText("Sea", "")


@dataclass(frozen=True)
class Scene:
    """An album with two photos, of which the first is the cover; an empty one; a photo in none."""

    album_id: str
    empty_id: str
    cover: str
    second: str
    other: str


def make_scene(services: Services, other: str) -> Scene:
    """Create the albums and their photos."""
    album_id, empty_id = (services.albums.create(OWNER, LAKE).album_id for _ in range(2))
    cover, second = (
        services.uploads.publish(upload(title=title)).photo.photo_id for title in ("One", "Two")
    )
    for photo_id in (cover, second):
        services.albums.add(album_id, photo_id)
    return Scene(album_id, empty_id, cover, second, other)


@dataclass(frozen=True)
class AlbumOperation:
    """An operation on an album, or on a photo of it."""

    name: str
    run: Callable[[Services, Scene], object]
    is_done: Callable[[Backend, Scene], bool]
    arrange: Callable[[Services, Scene], object] = lambda _services, _scene: None

    def __str__(self) -> str:
        return self.name

    def scene(self, site: RestartableSite) -> Scene:
        """Create the albums and their photos as the operation needs them."""
        scene = make_scene(site.services, site.other_photo.photo_id)
        self.arrange(site.services, scene)
        return scene


def find_album(backend: Backend, album_id: str) -> Album | None:
    with suppress(AlbumNotFound):
        return backend.albums.get(album_id)
    return None


def _add(album: str, photo: str) -> AlbumOperation:
    def run(services: Services, scene: Scene) -> object:
        return services.albums.add(getattr(scene, album), getattr(scene, photo))

    def is_done(backend: Backend, scene: Scene) -> bool:
        return _is_member(backend, getattr(scene, photo), getattr(scene, album))

    return AlbumOperation(f"add {photo} to {album}", run, is_done)


def _remove(photo: str) -> AlbumOperation:
    def run(services: Services, scene: Scene) -> object:
        return services.albums.remove(scene.album_id, getattr(scene, photo))

    def is_done(backend: Backend, scene: Scene) -> bool:
        return not _is_member(backend, getattr(scene, photo), scene.album_id)

    return AlbumOperation(f"remove {photo}", run, is_done)


def _is_member(backend: Backend, photo_id: str, album_id: str) -> bool:
    return backend.catalog.get(photo_id).membership_in(album_id) is not None


def _create(services: Services, _scene: Scene) -> object:
    return services.albums.create(OWNER, SEA)


def _has_sea(backend: Backend, _scene: Scene) -> bool:
    return any(album.title == SEA.title for album in backend.albums.all())


def _choose_second(services: Services, scene: Scene) -> object:
    return services.albums.choose_cover(services.albums.get(scene.album_id), scene.second)


def _second_is_cover(backend: Backend, scene: Scene) -> bool:
    album = find_album(backend, scene.album_id)
    return album is not None and album.cover == scene.second


def _set_visibility(
    name: str, visibility: AlbumVisibility, arrange: AlbumOperation | None = None
) -> AlbumOperation:
    def run(services: Services, scene: Scene) -> object:
        album = services.albums.get(scene.album_id)
        return services.albums.update(album, album.version, LAKE, visibility=visibility)

    def is_done(backend: Backend, scene: Scene) -> bool:
        album = find_album(backend, scene.album_id)
        return album is not None and album.visibility is visibility

    if arrange:
        return AlbumOperation(name, run, is_done, arrange.run)
    return AlbumOperation(name, run, is_done)


def _delete_album(services: Services, scene: Scene) -> None:
    services.albums.delete(services.albums.get(scene.album_id))


def _album_is_gone(backend: Backend, scene: Scene) -> bool:
    return find_album(backend, scene.album_id) is None


def _open_link(services: Services, scene: Scene) -> object:
    album = services.albums.get(scene.album_id)
    return services.guest_links.change(album, album.version, guest_access=GuestAccess.ADD)


def _has_link(backend: Backend, scene: Scene) -> bool:
    album = find_album(backend, scene.album_id)
    return album is not None and bool(album.guest_code)


def _renew_link(services: Services, scene: Scene) -> object:
    album = services.albums.get(scene.album_id)
    return services.guest_links.renew(album, album.guest_code)


def _end_link(services: Services, scene: Scene) -> object:
    album = services.albums.get(scene.album_id)
    return services.guest_links.end(album, album.guest_code)


def _has_no_link(backend: Backend, scene: Scene) -> bool:
    return not _has_link(backend, scene)


def _move(
    verb: str, photo: str, state: PhotoState, arrange: AlbumOperation | None = None
) -> AlbumOperation:
    def run(services: Services, scene: Scene) -> object:
        photo_id = getattr(scene, photo)
        if verb == "hide":
            return services.photos.hide(photo_id, Role.CONTRIBUTOR)
        return getattr(services.photos, verb)(photo_id)

    def is_done(backend: Backend, scene: Scene) -> bool:
        return backend.catalog.get(getattr(scene, photo)).state is state

    name = f"{verb} {photo}"
    return (
        AlbumOperation(name, run, is_done, arrange.run)
        if arrange
        else AlbumOperation(name, run, is_done)
    )


_unlist = _set_visibility("unlist", AlbumVisibility.UNLISTED)
_hide_cover = _move("hide", "cover", PhotoState.HIDDEN)
_delete_cover = _move("delete", "cover", PhotoState.TRASHED)

OPERATIONS = (
    AlbumOperation("create", _create, _has_sea),
    _add("album_id", "other"),
    _add("empty_id", "other"),
    _remove("second"),
    _remove("cover"),
    AlbumOperation("choose a cover", _choose_second, _second_is_cover),
    _unlist,
    _set_visibility("list", AlbumVisibility.PUBLIC, _unlist),
    AlbumOperation("open a guest link", _open_link, _has_link),
    AlbumOperation("renew a guest link", _renew_link, _has_link, _open_link),
    AlbumOperation("end a guest link", _end_link, _has_no_link, _open_link),
    AlbumOperation("delete the album", _delete_album, _album_is_gone),
    _hide_cover,
    _move("unhide", "cover", PhotoState.PUBLIC, _hide_cover),
    _delete_cover,
    _move("restore", "cover", PhotoState.PUBLIC, _delete_cover),
)
# For races
OTHERS = (
    _add("empty_id", "second"),
    _move("hide", "other", PhotoState.HIDDEN),
    _move("hide", "second", PhotoState.HIDDEN),
    _move("delete", "other", PhotoState.TRASHED),
)
NAMED = {operation.name: operation for operation in (*OPERATIONS, *OTHERS)}
