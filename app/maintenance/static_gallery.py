"""Write the HTML pages of an export. They work without a server and without a network."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from app.domain import object_keys
from app.domain.albums.album import Album
from app.domain.errors import AlbumNotFound, ObjectNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoSummary
from app.services.albums.catalog import AlbumCatalog
from app.services.ports import Backend, ObjectStore

_PAGE_SIZE = 200  # photos or albums
_ALBUM_PAGE = "album-"


@dataclass(frozen=True, slots=True)
class ExportPage:
    """One page of an export: its photos and the names of the newer and the older page."""

    photos: tuple[Photo, ...]
    newer: str | None
    older: str | None
    album: Album | None = None  # whose photos these are
    albums: tuple[tuple[str, str], ...] = ()  # the names of their pages, and their titles


RenderPage = Callable[[ExportPage], str]


def write_static_gallery(backend: Backend, target: ObjectStore, render: RenderPage) -> int:
    """Write `index.html`, `page-2.html` and so on to `target`. Return the number of photos.

    The pages show the public photos that `target` holds, newest first. Each public album has pages
    of its own, in its order.
    """
    albums = tuple(_write_albums(backend.albums, target, render))
    _delete_other_albums(target, {name for name, _ in albums})
    total = 0
    number = 1
    before = None
    while True:
        listed = backend.catalog.page(object_keys.PUBLIC_LISTING, _PAGE_SIZE, before=before)
        before = listed.older
        page = ExportPage(
            photos=_exported_photos(target, listed.summaries),
            newer=_page_name(number - 1) if number > 1 else None,
            older=_page_name(number + 1) if before else None,
            albums=albums if number == 1 else (),
        )
        target.put(_page_name(number), render(page).encode())
        total += len(page.photos)
        number += 1
        if before is None:
            return total


def _write_albums(
    albums: AlbumCatalog, target: ObjectStore, render: RenderPage
) -> Iterator[tuple[str, str]]:
    """Write the pages of each public album. Yield the name of its first page, and its title."""
    before = None
    while True:
        listed = albums.public(_PAGE_SIZE, before=before)
        for tile in listed.tiles:
            with suppress(AlbumNotFound):  # it was just deleted
                _write_album(albums, tile.album, target, render)
                yield _album_page_name(tile.album, 1), tile.album.title
        before = listed.older
        if before is None:
            return


def _write_album(
    albums: AlbumCatalog, album: Album, target: ObjectStore, render: RenderPage
) -> None:
    number = 1
    after = None
    while number == 1 or after:
        listed = albums.page(album.album_id, _PAGE_SIZE, after=after)
        after = listed.next
        page = ExportPage(
            photos=_exported_photos(target, listed.summaries),
            newer=_album_page_name(album, number - 1) if number > 1 else None,
            older=_album_page_name(album, number + 1) if after else None,
            album=album,
        )
        target.put(_album_page_name(album, number), render(page).encode())
        number += 1


def _delete_other_albums(target: ObjectStore, first_pages: set[str]) -> None:
    """Delete the pages of albums that were deleted or are unlisted since an earlier export."""
    for stored in list(target.list(_ALBUM_PAGE)):
        first = stored.key.partition("_")[0].removesuffix(".html")
        if f"{first}.html" not in first_pages:
            target.delete([stored.key])


def _exported_photos(target: ObjectStore, summaries: Iterable[PhotoSummary]) -> tuple[Photo, ...]:
    exported = (_exported_photo(target, summary.photo_id) for summary in summaries)
    return tuple(photo for photo in exported if photo)


def _exported_photo(target: ObjectStore, photo_id: str) -> Photo | None:
    """Return the photo as it was exported, None if the export does not hold all of it."""
    try:
        photo = Photo.from_dict(json.loads(target.get(object_keys.sidecar(photo_id))))
    except ObjectNotFound:
        return None
    return photo if all(map(target.exists, photo.object_keys)) else None


def _page_name(number: int) -> str:
    return "index.html" if number == 1 else f"page-{number}.html"


def _album_page_name(album: Album, number: int) -> str:
    suffix = "" if number == 1 else f"_{number}"
    return f"{_ALBUM_PAGE}{album.album_id}{suffix}.html"
