"""An order of an album is continued after an error, and when little time is left.

Covers app.web.bulk.album_steps.
"""

from collections.abc import Callable
from itertools import cycle

import pytest

from app.domain.albums.album import Album
from app.domain.errors import PhotoBusy, StorageUnavailable
from app.domain.photo import Photo
from app.services.albums.album_service import AlbumService
from app.services.factory import Services
from tests.visitor import Visitor
from tests.web.pages.albums.conftest import AddPhotos, Own
from tests.web.pages.albums.progress_pages import go_on, run_to_the_end

SortWithError = Callable[[Album, Photo, Exception], str]


@pytest.fixture
def sort_with_error(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> SortWithError:
    """Return a function that gives an album another order while one photo cannot be changed."""
    sort = AlbumService.sort

    def sort_with_error(album: Album, failing: Photo, error: Exception) -> str:
        def sort_others(service: AlbumService, album: Album, photo: Photo) -> Photo:
            if photo == failing:
                raise error
            return sort(service, album, photo)

        with monkeypatch.context() as patched:
            patched.setattr(AlbumService, "sort", sort_others)
            answer = visitor.submit(f"/albums/{album.album_id}/edit", title="Lake", order="added")
        assert answer.status_code == 503
        return answer.text

    return sort_with_error


def test_a_photo_that_cannot_be_moved_is_named(
    visitor: Visitor, own: Own, add_photos: AddPhotos, sort_with_error: SortWithError
) -> None:
    """The others are moved, and the page offers to try again."""
    album = own()
    photos = add_photos(album, 3, title="Pier")
    page = sort_with_error(album, photos[1], PhotoBusy())
    assert "Pier" in page
    assert "Try again" in page
    assert run_to_the_end(visitor, page) == 1


def test_a_failure_of_the_storage_is_continued(
    visitor: Visitor,
    services: Services,
    own: Own,
    add_photos: AddPhotos,
    sort_with_error: SortWithError,
) -> None:
    """The page says that nothing is lost, and the next request begins with the photo."""
    album = own()
    photos = add_photos(album, 3)
    page = sort_with_error(album, photos[1], StorageUnavailable("down"))
    assert "Nothing is lost" in page
    assert go_on(visitor, page)["done"] == "1"
    assert run_to_the_end(visitor, page) <= 2
    assert all(services.photos.get(photo.photo_id).albums[0].key for photo in photos)


def test_a_request_ends_when_little_time_is_left(
    visitor: Visitor,
    services: Services,
    own: Own,
    add_photos: AddPhotos,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next one continues after the last photo that was tried, and the last one finishes."""
    album = own()
    photos = add_photos(album, 3)
    may_begin = cycle([True, False])
    monkeypatch.setattr("app.web.bulk.steps.has_time", lambda: next(may_begin))
    answer = visitor.submit(f"/albums/{album.album_id}/edit", title="Lake", order="added")
    assert "1 of 3 photos" in answer.text
    run_to_the_end(visitor, answer.text)
    memberships = [services.photos.get(photo.photo_id).albums[0] for photo in photos]
    assert all(membership.key for membership in memberships)
