"""A photo that is opened from an album stays there, in the order of the album.

Covers app.services.albums.album_listings, app.web.listings.newest_first.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from app.domain.albums.album import Album, AlbumOrder, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.photo import Photo
from app.services.factory import Services
from app.web.pagination import PAGE_SIZE
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import JSON, Visitor
from tests.web.listings.test_source_listing import back, neighbors, open_photo
from tests.web.pages.test_slideshow import follow, link, shown

Place = Callable[[str, str], dict[str, str]]


@pytest.fixture
def album(services: Services) -> Album:
    """Return an album whose photos are in the order in which they are added."""
    text = AlbumText("Lake & sea", "")
    return services.albums.create("0" * 32, text, order=AlbumOrder.MANUAL)


@pytest.fixture
def photos(services: Services, backend: Backend, album: Album) -> list[Photo]:
    """Return four photos of the album, which were taken in the other order."""
    taken = [datetime(2026, 11, day, tzinfo=UTC) for day in (4, 3, 2, 1)]
    photos = [make_photo(taken_at=taken_at, title="Pier") for taken_at in taken]
    publish_all(backend, [*photos, make_photo()])
    return [services.albums.add(album.album_id, photo.photo_id) for photo in photos]


def path_of(photo: Photo, album: Album) -> str:
    return f"/photos/{photo.photo_id}?in=album:{album.album_id}"


def test_neighbors_are_those_of_the_album(
    visitor: Visitor, album: Album, photos: list[Photo]
) -> None:
    """They are called previous and next. The link back has the title of the album."""
    listing = f"album:{album.album_id}"
    page = open_photo(visitor, photos[1].photo_id, listing)
    assert neighbors(page) == {
        "prev": path_of(photos[0], album),
        "next": path_of(photos[2], album),
    }
    assert "Lake &amp; sea</span></a>" in page
    assert ">Previous<" in page
    assert "Newer" not in page
    first = neighbors(open_photo(visitor, photos[0].photo_id, listing))
    last = neighbors(open_photo(visitor, photos[3].photo_id, listing))
    assert (set(first), set(last)) == ({"next"}, {"prev"})
    answer = visitor.get(path_of(photos[1], album), headers=JSON).json
    assert answer["older"].endswith(path_of(photos[2], album))
    assert f'rel="canonical" href="http://localhost/photos/{photos[1].photo_id}"' in page


def test_the_link_back_leads_to_the_photo_in_the_album(
    visitor: Visitor, services: Services, backend: Backend, album: Album
) -> None:
    """The page ends with the photo, or it is the first one. Photos of one second have an order."""
    photos = [make_photo(taken_at=datetime(2026, 11, 4, tzinfo=UTC)) for _ in range(PAGE_SIZE + 4)]
    publish_all(backend, photos)
    same_key = replace(album, order=AlbumOrder.TAKEN, version=album.version + 1)
    backend.albums.update(album, same_key)
    for photo in photos:
        services.albums.add(album.album_id, photo.photo_id)
    for index, last in ((0, PAGE_SIZE - 1), (2, PAGE_SIZE - 1), (PAGE_SIZE + 2, PAGE_SIZE + 2)):
        page = open_photo(visitor, photos[index].photo_id, f"album:{album.album_id}")
        path, _, fragment = back(page).partition("#")
        assert fragment == photos[index].photo_id
        answer = visitor.client.get(path, follow_redirects=True, buffered=True)
        cards = re.findall(r'<li [^>]*\bid="(\w+)"', answer.text)
        assert fragment in cards
        assert cards[-1] == photos[last].photo_id


def test_a_slideshow_goes_through_the_album(
    visitor: Visitor, album: Album, photos: list[Photo]
) -> None:
    """It starts at a photo, goes on to the end and starts again, and goes back."""
    started = re.search(r'href="(/slideshow\?[^"]*)"', visitor.get(path_of(photos[1], album)).text)
    assert started
    page = visitor.get(unescape(started[1])).text
    order = []
    for _ in range(4):
        order.append(shown(page))
        page = follow(visitor, link(page, "next"))
    photo_ids = [photo.photo_id for photo in photos]
    assert order == [*photo_ids[1:], photo_ids[0]]
    assert shown(page) == photo_ids[1]
    page = follow(visitor, link(page, "prev"))
    assert shown(page) == photo_ids[0]
    assert shown(follow(visitor, link(page, "prev"))) == photo_ids[0]
    paused = re.search(r'class="full-info" href="([^"]*paused[^"]*)"', page)
    assert paused
    assert shown(visitor.get(unescape(paused[1])).text) == photo_ids[0]


def test_a_slideshow_of_an_empty_album_says_so(visitor: Visitor, album: Album) -> None:
    page = visitor.get(f"/slideshow?in=album:{album.album_id}")
    assert "No photos yet" in page.text
    path = f"/slideshow?in=album:{album.album_id}&before=01ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert visitor.get(path).status_code == 404


def test_a_hidden_photo_keeps_its_place_for_its_owner(
    visitor: Visitor, services: Services, album: Album, photos: list[Photo]
) -> None:
    """Others do not find it, and move past it."""
    photo_id = visitor.add()
    services.albums.add(album.album_id, photo_id)
    visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    path = f"/photos/{photo_id}?in=album:{album.album_id}"
    page = visitor.get(path).text
    assert neighbors(page) == {"prev": path_of(photos[3], album)}
    stranger = Visitor(visitor.app)
    assert stranger.get(path).status_code == 404
    assert "next" not in neighbors(stranger.get(path_of(photos[3], album)).text)
    visitor.submit(f"/photos/{photo_id}/delete")
    assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("value", ["album:", "album:!", "album:x", f"album:{'0' * 26}"])
def test_without_the_album_the_listing_is_the_gallery(
    visitor: Visitor, photos: list[Photo], value: str
) -> None:
    page = open_photo(visitor, photos[1].photo_id, value)
    assert back(page).startswith("/?after=")


def test_a_photo_that_is_not_in_the_album_is_shown_in_the_gallery(
    visitor: Visitor, album: Album
) -> None:
    """An unlisted album is opened by its address as well."""
    photo_id = visitor.add()
    page = open_photo(visitor, photo_id, f"album:{album.album_id}")
    assert "Lake" not in page
    path = visitor.submit("/albums/new", title="Secret", visibility="unlisted").location
    assert AlbumVisibility.UNLISTED in visitor.get(path, headers=JSON).text
