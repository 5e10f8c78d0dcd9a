"""Choose the order of an album, in several requests.

Covers app.web.bulk.album_steps.
"""

import re
from collections.abc import Callable

import pytest

from app.domain.albums.album import Album
from app.domain.errors import PhotoBusy
from app.domain.photo import Photo
from app.services.albums.album_service import AlbumService
from app.services.factory import Services
from app.web.bulk import album_steps
from tests.visitor import Visitor
from tests.web.pages.albums.conftest import AddPhotos, Own, shown
from tests.web.pages.albums.progress_pages import go_on, run_to_the_end


def test_another_order_moves_all_photos_in_several_steps(
    visitor: Visitor,
    services: Services,
    own: Own,
    add_photos: AddPhotos,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The steps reach the end, and a step that is sent again changes nothing."""
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    album = own()
    photos = [photo.photo_id for photo in add_photos(album, 5)][::-1]
    for photo_id in photos:  # added in the other order
        services.albums.remove(album.album_id, photo_id)
    for photo_id in photos:
        services.albums.add(album.album_id, photo_id)
    path = f"/albums/{album.album_id}/edit"
    for order in ("added", "taken"):
        answer = visitor.submit(path, title="Lake", order=order)
        assert "2 of 5 photos" in answer.text
        fields = go_on(visitor, answer.text)
        assert visitor.post(fields.pop("action"), fields).status_code in {200, 303}
        assert run_to_the_end(visitor, answer.text) <= 5
        keys = {
            membership.key is None
            for photo_id in photos
            for membership in services.photos.get(photo_id).albums
        }
        assert keys == {order == "taken"}
    assert shown(services, album) == photos[::-1]


ORDERS = ("added", "taken")


def start_and_stop(visitor: Visitor, album: Album, order: str) -> None:
    """Choose another order, and leave the page of its first step."""
    answer = visitor.submit(f"/albums/{album.album_id}/edit", title="Lake", order=order)
    assert "2 of 5 photos" in answer.text


def resume_by_the_form(visitor: Visitor, album: Album, order: str) -> str:
    return visitor.submit(f"/albums/{album.album_id}/edit", title="Lake", order=order).text


def resume_on_the_page(visitor: Visitor, album: Album, _order: str) -> str:
    page = visitor.get(f"/albums/{album.album_id}").text
    action = re.search(r'action="([^"]*/sort[^"]*)"', page)
    assert action
    return visitor.post(action[1].replace("&amp;", "&"), visitor.fields("/upload")).text


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("resume", [resume_by_the_form, resume_on_the_page])
def test_an_order_that_was_stopped_can_be_resumed(
    visitor: Visitor,
    services: Services,
    own: Own,
    add_photos: AddPhotos,
    monkeypatch: pytest.MonkeyPatch,
    order: str,
    resume: Callable[[Visitor, Album, str], str],
) -> None:
    """The page of the album offers it to those who may change it, until all photos are sorted."""
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    album = own(order=next(other for other in ORDERS if other != order))
    photos = [photo.photo_id for photo in add_photos(album, 5)]
    start_and_stop(visitor, album, order)
    path = f"/albums/{album.album_id}"
    assert "Continue sorting" in visitor.get(path).text
    assert "Continue sorting" not in Visitor(visitor.app).get(path).text
    run_to_the_end(visitor, resume(visitor, album, order))
    assert "Continue sorting" not in visitor.get(path).text
    keys = [services.photos.get(photo_id).albums[0].key is None for photo_id in photos]
    assert keys == [order == "taken"] * 5
    assert services.albums.get(album.album_id).sort_version is None


def test_the_end_of_an_earlier_order_does_not_end_a_later_one(
    visitor: Visitor,
    services: Services,
    own: Own,
    add_photos: AddPhotos,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another order was chosen in the meantime, and stopped after its first step."""
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    album = own()
    add_photos(album, 5)
    path = f"/albums/{album.album_id}/edit"
    page = visitor.submit(path, title="Lake", order="added").text
    start_and_stop(visitor, album, "taken")
    run_to_the_end(visitor, page)
    assert services.albums.get(album.album_id).sort_version is not None
    run_to_the_end(visitor, resume_by_the_form(visitor, album, "taken"))
    assert services.albums.get(album.album_id).sort_version is None


def test_a_sort_that_left_out_a_photo_is_not_complete(
    visitor: Visitor,
    services: Services,
    own: Own,
    add_photos: AddPhotos,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The album still offers to continue, and the photo gets its place then."""
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    album = own()
    photos = [photo.photo_id for photo in add_photos(album, 5)]
    busy = shown(services, album)[0]
    sort = AlbumService.sort

    def refuse(service: AlbumService, album: Album, photo: Photo) -> Photo:
        if photo.photo_id == busy:
            raise PhotoBusy
        return sort(service, album, photo)

    with monkeypatch.context() as patch:
        patch.setattr(AlbumService, "sort", refuse)
        edit = f"/albums/{album.album_id}/edit"
        page = visitor.submit(edit, title="Lake", order="added")
        assert page.status_code == 503
        run_to_the_end(visitor, page.text)
    assert "Continue sorting" in visitor.get(f"/albums/{album.album_id}").text
    run_to_the_end(visitor, resume_on_the_page(visitor, album, "added"))
    assert all(services.photos.get(photo_id).albums[0].key for photo_id in photos)
    assert services.albums.get(album.album_id).sort_version is None


def test_an_order_by_hand_ends_a_sort(
    visitor: Visitor,
    services: Services,
    own: Own,
    add_photos: AddPhotos,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The photos stay where they are: by the form, and by a move."""
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    album = own()
    photo = add_photos(album, 5)[0]
    for is_form in (True, False):
        start_and_stop(visitor, album, "added")
        places = shown(services, album)
        if is_form:
            visitor.submit(f"/albums/{album.album_id}/edit", title="Lake", order="manual")
            assert shown(services, album) == places
        else:
            services.albums.move(services.albums.get(album.album_id), photo.photo_id, 3)
        assert services.albums.get(album.album_id).sort_version is None
        visitor.submit(f"/albums/{album.album_id}/edit", title="Lake", order="taken")


def test_an_order_by_hand_begins_with_the_order_before(
    visitor: Visitor, services: Services, own: Own, add_photos: AddPhotos
) -> None:
    """No photo is changed."""
    album = own()
    photos = add_photos(album, 3)
    path = f"/albums/{album.album_id}/edit"
    assert visitor.submit(path, title="Lake", order="manual").status_code == 303
    assert shown(services, album) == [photo.photo_id for photo in photos]
