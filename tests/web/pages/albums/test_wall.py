"""The wall of an album: a slideshow that shows new photos first."""

import re
from html import unescape

import pytest

from app.domain.albums.album import AlbumOrder, AlbumVisibility
from app.domain.albums.guests import GuestAccess
from app.domain.photo_ids import new_album_id
from app.services.albums import album_listings
from app.services.factory import Services
from app.web.pages.albums import wall
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.pages.albums.conftest import AddPhotos, MakeAlbum
from tests.web.rendering.api.openapi import documented

SHOWN = re.compile(r"/(\w{26})/\d+\.jpg")
REFRESH = re.compile(r'http-equiv="refresh" content="\d+; url=([^"]*)"')


def shown(page: str) -> str | None:
    found = SHOWN.search(page)
    return found.group(1) if found else None


def link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    assert found
    return unescape(found.group(1))


def follow(visitor: Visitor, path: str) -> str:
    answer = visitor.client.get(path, follow_redirects=True, buffered=True)
    assert answer.status_code == 200
    return answer.text


def test_its_code_is_that_of_the_guest_link_for_the_host_alone(
    visitor: Visitor, services: Services
) -> None:
    """Everyone else who opens the album does not get a link that lets them add photos."""
    path = visitor.submit("/albums/new", title="Party").location
    album = services.albums.get(path.rpartition("/")[2])
    code = services.guest_links.change(album, 1, guest_access=GuestAccess.ADD).guest_code
    assert f'src="/join/{code}/qr.svg"' in visitor.get(f"{path}/wall").text
    page = Visitor(visitor.app).get(f"{path}/wall").text
    assert code not in page
    assert f'src="{path}/qr.svg"' in page


def new_ids(visitor: Visitor, path: str) -> list[str]:
    return [photo["photo_id"] for photo in visitor.get(f"{path}/new").json["photos"]]


@pytest.mark.parametrize("order", AlbumOrder)
def test_it_begins_with_the_last_photo_and_starts_again(
    visitor: Visitor, make_album: MakeAlbum, add_photos: AddPhotos, order: AlbumOrder
) -> None:
    """Also without scripts: the page that follows by itself is that of the next link."""
    album = make_album(order=order)
    photos = [photo.photo_id for photo in add_photos(album, 3)]
    page = visitor.get(f"/albums/{album.album_id}/wall").text
    for photo_id in (*reversed(photos), photos[-1]):
        assert shown(page) == photo_id
        (following,) = REFRESH.findall(page)
        assert unescape(following) == link(page, "next")
        page = follow(visitor, link(page, "next"))
    assert shown(follow(visitor, link(page, "prev"))) == photos[2]


def test_the_page_of_the_album_leads_to_it_and_back(
    visitor: Visitor, make_album: MakeAlbum, add_photos: AddPhotos
) -> None:
    """The wall has the QR code of the album."""
    album = make_album()
    add_photos(album, 1)
    path = f"/albums/{album.album_id}"
    assert f'href="{path}/wall"' in visitor.get(path).text
    page = visitor.get(f"{path}/wall").text
    assert f'class="full-close" href="{path}"' in page
    assert f'src="{path}/qr.svg"' in page


def test_the_caption_is_what_people_typed(
    visitor: Visitor, make_album: MakeAlbum, add_photos: AddPhotos
) -> None:
    """A title and a name. A photo without them has no caption."""
    album = make_album()
    path = f"/albums/{album.album_id}/wall"
    add_photos(album, 1, title="", contributor_name="")
    assert "<figcaption>" not in visitor.get(path).text
    add_photos(make_album("Sea"), 1)
    add_photos(other := make_album("Party"), 1, title="Cake <3", contributor_name="Mina")
    page = visitor.get(f"/albums/{other.album_id}/wall").text
    assert "<figcaption><bdi>Cake &lt;3</bdi> · <bdi>Mina</bdi></figcaption>" in page


@pytest.mark.parametrize("order", AlbumOrder)
def test_photos_that_were_added_last_are_named_first(
    visitor: Visitor,
    make_album: MakeAlbum,
    add_photos: AddPhotos,
    services: Services,
    backend: Backend,
    order: AlbumOrder,
) -> None:
    """In every order of the album: guests also add photos that were taken hours before."""
    album = make_album(order=order)
    add_photos(album, 3)
    path = f"/albums/{album.album_id}/wall"
    known = set(new_ids(visitor, path))
    publish_all(backend, [early := make_photo(taken_at=None)])
    services.albums.add(album.album_id, early.photo_id)
    answer = visitor.get(f"{path}/new").json["photos"]
    (added,) = [photo for photo in answer if photo["photo_id"] not in known]
    page = visitor.get(added["path"]).text
    assert shown(page) == early.photo_id == added["photo_id"]
    assert follow(visitor, link(page, "next"))


def test_the_answer_is_bounded_and_documented(
    visitor: Visitor,
    make_album: MakeAlbum,
    add_photos: AddPhotos,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A client that has the answer already gets none."""
    monkeypatch.setattr(wall, "NEW_PHOTOS", 1)
    monkeypatch.setattr(album_listings, "MAX_ADDED", 2)
    album = make_album()
    photos = [photo.photo_id for photo in add_photos(album, 3)]
    path = f"/albums/{album.album_id}/wall/new"
    answer = visitor.get(path)
    shown_photos = documented(answer, "/albums/{album_id}/wall/new")["photos"]
    assert [photo["photo_id"] for photo in shown_photos] == photos[:0:-1]
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert visitor.get(path, headers=headers).status_code == 304


def test_a_hidden_deleted_or_removed_photo_is_not_shown(
    visitor: Visitor, services: Services
) -> None:
    """Neither by the wall nor as a new photo, and its own address on the wall is a 404."""
    path = visitor.submit("/albums/new", title="Party").location
    album_id = path.rpartition("/")[2]
    photos = [services.albums.add(album_id, visitor.add()).photo_id for _ in range(4)]
    hidden, deleted, removed, kept = photos
    assert set(new_ids(visitor, f"{path}/wall")) == set(photos)
    visitor.post(f"/photos/{hidden}/hide", visitor.fields("/upload"))
    visitor.submit(f"/photos/{deleted}/delete")
    services.albums.remove(album_id, removed)
    assert new_ids(visitor, f"{path}/wall") == [kept]
    for photo_id in (hidden, deleted, removed):
        assert visitor.get(f"{path}/wall?photo={photo_id}").status_code == 404
    page = visitor.get(f"{path}/wall").text
    assert shown(page) == kept
    assert shown(follow(visitor, link(page, "next"))) == kept


def test_it_may_be_empty(visitor: Visitor, make_album: MakeAlbum) -> None:
    """It waits for the first photo, with the code that leads to the album."""
    album = make_album()
    path = f"/albums/{album.album_id}/wall"
    page = visitor.get(path).text
    assert "No photos in this album yet" in page
    assert f'src="/albums/{album.album_id}/qr.svg"' in page
    assert REFRESH.findall(page) == [path]
    assert new_ids(visitor, path) == []


def test_it_stays_while_paused(
    visitor: Visitor, make_album: MakeAlbum, add_photos: AddPhotos
) -> None:
    """The link to pause shows the same photo, which nothing replaces."""
    album = make_album()
    (first, _second) = add_photos(album, 2)
    page = visitor.get(f"/albums/{album.album_id}/wall").text
    page = follow(visitor, link(page, "next"))
    (pause,) = re.findall(r'class="full-info" href="([^"]*)"', page)
    page = visitor.get(unescape(pause)).text
    assert shown(page) == first.photo_id
    assert not REFRESH.search(page)
    assert 'data-seconds=""' in page


def test_it_is_visible_as_the_album_is(
    visitor: Visitor, make_album: MakeAlbum, add_photos: AddPhotos, services: Services
) -> None:
    """Everyone with the address sees an unlisted album. One that is gone has no wall."""
    album = make_album(visibility=AlbumVisibility.UNLISTED)
    (photo,) = add_photos(album, 1)
    path = f"/albums/{album.album_id}/wall"
    for url in (path, f"{path}/new"):
        assert visitor.get(url).headers["X-Robots-Tag"] == "noindex"
    services.albums.remove(album.album_id, photo.photo_id)
    services.albums.delete(services.albums.get(album.album_id))
    for gone in (path, f"/albums/{new_album_id()}/wall", f"/albums/{'x' * 3000}/wall"):
        for url in (gone, f"{gone}/new"):
            assert visitor.get(url).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        *("?before=x", "?after=x", "?photo=x", "?photo=01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        *("/new?since=x", "/new?since=202613010000", "/new?since=000000000000"),
    ],
)
def test_other_cursors_are_a_404(visitor: Visitor, make_album: MakeAlbum, query: str) -> None:
    path = f"/albums/{make_album().album_id}/wall"
    assert visitor.get(f"{path}{query}").status_code == 404


def test_a_photo_in_two_albums_is_new_in_the_last_one(
    visitor: Visitor, make_album: MakeAlbum, add_photos: AddPhotos, services: Services
) -> None:
    """It stays on the wall of the other album. If it leaves the last one, it is new there again."""
    first, last = make_album(), make_album("Sea")
    (photo,) = add_photos(first, 1)
    services.albums.add(last.album_id, photo.photo_id)
    walls = [f"/albums/{album.album_id}/wall" for album in (first, last)]
    assert [new_ids(visitor, path) for path in walls] == [[], [photo.photo_id]]
    assert shown(visitor.get(walls[0]).text) == photo.photo_id
    services.albums.remove(last.album_id, photo.photo_id)
    assert [new_ids(visitor, path) for path in walls] == [[photo.photo_id], []]
