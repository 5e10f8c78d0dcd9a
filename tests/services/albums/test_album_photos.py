"""Two requests change a photo of an album at the same time, and both changes stay."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from app.domain.albums.album import AlbumOrder
from app.domain.photo import Photo
from app.services.albums.album_service import AlbumService
from tests.backends import Backend
from tests.services.albums.test_album_arranger import fill, shown

Change = Callable[[AlbumService, str, str], object]


def choose_cover(albums: AlbumService, album_id: str, photo_id: str) -> None:
    albums.choose_cover(albums.get(album_id), photo_id)


def move_to_start(albums: AlbumService, album_id: str, photo_id: str) -> None:
    albums.move(albums.get(album_id), photo_id, 1)


def covers(albums: AlbumService, album_id: str) -> set[str]:
    """Return the cover in the record of the album, and that in the records of its photos."""
    shown_cover = albums.page(album_id, 9).cover
    return {albums.get(album_id).cover, shown_cover.photo_id if shown_cover else ""}


@contextmanager
def after_read(
    monkeypatch: pytest.MonkeyPatch, backend: Backend, number: int, run: Callable[[], object]
) -> Iterator[Callable[[], bool]]:
    """Run another request just after a read of a photo. Yield whether it has run."""
    read, reads, is_run = backend.catalog.get, 0, False

    def get(photo_id: str) -> Photo:
        nonlocal reads, is_run
        photo = read(photo_id)
        reads += 1
        if reads == number and not is_run:
            is_run = True
            run()
        return photo

    with monkeypatch.context() as patch:
        patch.setattr(backend.catalog, "get", get)
        yield lambda: is_run


@pytest.mark.parametrize(
    ("change", "other"), [(choose_cover, move_to_start), (move_to_start, choose_cover)]
)
@pytest.mark.parametrize("number", range(1, 9))
def test_a_move_and_a_chosen_cover_both_stay(
    albums: AlbumService,
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    change: Change,
    other: Change,
    number: int,
) -> None:
    """Whichever read of the photo the other request comes after."""
    album_id, (first, second, photo_id) = fill(albums, backend, 3)
    move_to_start(albums, album_id, first)  # from here on, a move keeps the record of the album
    arguments = albums, album_id, photo_id
    with after_read(monkeypatch, backend, number, lambda: other(*arguments)) as has_run:
        change(*arguments)
    if not has_run():  # there are fewer reads
        other(*arguments)
    assert shown(albums, album_id) == [photo_id, first, second]
    assert covers(albums, album_id) == {photo_id}


def test_a_sort_keeps_a_cover_that_was_chosen_since_it_read_the_photo(
    albums: AlbumService, backend: Backend
) -> None:
    album_id, photo_ids = fill(albums, backend, 2)
    photo = backend.catalog.get(photo_ids[1])
    choose_cover(albums, album_id, photo.photo_id)
    album = replace(albums.get(album_id), order=AlbumOrder.ADDED)
    albums.sort(album, photo)
    assert covers(albums, album_id) == {photo.photo_id}
