"""The lists of albums, and the page of an album.

Covers app.web.rendering.api.album_json.
"""

import re
from html import unescape

import pytest

from app.domain.albums.album import AlbumVisibility
from app.services.factory import Services
from app.web.pages.albums import albums
from app.web.pagination import PAGE_SIZE
from tests.visitor import JSON, Visitor
from tests.web.pages.albums.conftest import AddPhotos, MakeAlbum
from tests.web.rendering.api.openapi import documented

UNLISTED = AlbumVisibility.UNLISTED
CARD = re.compile(r'<li [^>]*\bid="(\w+)"')
TITLE = re.compile(r'<span class="name" dir="auto">([^<]*)<')


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'<a class="button" rel="{rel}" href="([^"]*)"', page)
    return unescape(found.group(1)) if found else None


def test_public_albums_are_tiles_with_a_cover_and_a_number(
    visitor: Visitor, make_album: MakeAlbum, add_photos: AddPhotos
) -> None:
    """The newest comes first. An unlisted album is missing."""
    lake, sea = make_album("Lake"), make_album("Sea & sand")
    make_album("Secret", visibility=UNLISTED)
    (first, _) = add_photos(lake, 2)
    page = visitor.get("/albums").text
    assert TITLE.findall(page) == ["Sea &amp; sand", "Lake"]
    assert "<bdi>2 photos</bdi>" in page
    assert "<bdi>0 photos</bdi>" in page
    assert f"/{first.photo_id}/" in page
    assert "Secret" not in page
    listed = documented(visitor.get("/albums", headers=JSON), "/albums")["albums"]
    assert [(each["title"], each["count"]) for each in listed] == [("Sea & sand", 0), ("Lake", 2)]
    assert listed[1]["cover"]["photo_id"] == first.photo_id
    assert listed[0]["url"] == f"http://localhost/albums/{sea.album_id}"


def test_without_albums_the_page_says_what_an_album_is(visitor: Visitor) -> None:
    """Who may upload finds the form."""
    page = visitor.get("/albums").text
    assert "No albums yet" in page
    assert 'href="/albums/new"' in page


def test_lists_have_pages(
    visitor: Visitor, make_album: MakeAlbum, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages continue each other, and an invalid cursor is not found."""
    monkeypatch.setattr(albums, "ALBUMS", 2)
    for number in range(5):
        make_album(f"Album {number}")
    path: str | None = "/albums"
    titles = []
    while path:
        page = visitor.get(path).text
        titles += TITLE.findall(page)
        path = link(page, "next")
    assert titles == [f"Album {number}" for number in (4, 3, 2, 1, 0)]
    assert visitor.get("/albums?before=x").status_code == 404


def test_own_albums_include_unlisted_ones(
    visitor: Visitor, services: Services, make_album: MakeAlbum
) -> None:
    """They have covers too, and search engines may not list the page."""
    make_album("Of someone else")
    visitor.submit("/albums/new", title="Mine")
    path = visitor.submit("/albums/new", title="Secret", visibility="unlisted").location
    photo_id = visitor.add()
    services.albums.add(path.rpartition("/")[2], photo_id)
    answer = visitor.get("/albums/mine")
    assert TITLE.findall(answer.text) == ["Secret", "Mine"]
    assert f"/{photo_id}/" in answer.text
    assert "Unlisted" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    listed = documented(visitor.get("/albums/mine", headers=JSON), "/albums/mine")["albums"]
    assert [each["visibility"] for each in listed] == ["unlisted", "public"]


def test_an_album_shows_its_photos_in_its_order(
    visitor: Visitor, make_album: MakeAlbum, add_photos: AddPhotos
) -> None:
    """Pages lead in both directions. A photo's link names the album."""
    album = make_album("Lake", "Two weeks\nin summer")
    photos = [photo.photo_id for photo in add_photos(album, PAGE_SIZE + 12)]
    path = f"/albums/{album.album_id}"
    first = visitor.get(path).text
    assert CARD.findall(first) == photos[:PAGE_SIZE]
    assert f"<span>{len(photos)} photos</span>" in first
    assert "Two weeks\nin summer" in first
    assert f'href="/photos/{photos[0]}?in=album:{album.album_id}"' in first
    assert re.search(rf'"og:image" content="http[^"]*/{photos[0]}/', first)
    second = visitor.get(link(first, "next") or "").text
    assert CARD.findall(second) == photos[PAGE_SIZE:]
    assert link(second, "next") is None
    back = visitor.client.get(link(second, "prev") or "", follow_redirects=True, buffered=True)
    assert CARD.findall(back.text) == photos[:PAGE_SIZE]
    answer = documented(visitor.get(path, headers=JSON), "/albums/{album_id}")
    assert answer["count"] == len(photos)
    following = visitor.get(answer["next"], headers=JSON).json
    assert [photo["photo_id"] for photo in following["photos"]] == photos[PAGE_SIZE:]
    assert following["previous"]


def test_a_page_that_would_have_the_first_photos_is_the_first_page(
    visitor: Visitor, make_album: MakeAlbum, add_photos: AddPhotos
) -> None:
    """Otherwise it would have few photos."""
    album = make_album()
    photos = add_photos(album, 3)
    (membership,) = photos[2].albums
    assert photos[2].taken_at
    position = membership.entry_key(photos[2].taken_at, photos[2].photo_id).position
    path = f"/albums/{album.album_id}"
    assert visitor.get(f"{path}?before={position}").location == path
    assert CARD.findall(visitor.get(f"{path}?after={position}").text) == []


def test_unlisted_albums_are_kept_out_of_search_engines(
    visitor: Visitor, make_album: MakeAlbum
) -> None:
    """Everyone with the address sees one. No other site gets the address as a referrer."""
    secret, public = make_album("Secret", visibility=UNLISTED), make_album("Lake")
    answer = visitor.get(f"/albums/{secret.album_id}")
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert answer.headers["Referrer-Policy"] == "same-origin"
    in_json = visitor.get(f"/albums/{secret.album_id}", headers=JSON)
    assert in_json.headers["X-Robots-Tag"] == "noindex"
    listed = visitor.get(f"/albums/{public.album_id}")
    assert "X-Robots-Tag" not in listed.headers
    assert "noindex" not in listed.text
    assert "ImageGallery" in listed.text


@pytest.mark.parametrize(
    "path", ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "!", "x" * 3000, "01ARZ3NDEKTSV4RRFFQ69G5FAV/card"]
)
def test_a_missing_album_is_not_found(visitor: Visitor, path: str) -> None:
    answer = visitor.get(f"/albums/{path}")
    assert answer.status_code == 404
    assert "find this album" in answer.text


@pytest.mark.parametrize("cursor", ["x", "20261101120000", "a-01ARZ3NDEKTSV4RRFFQ69G5FAV", "!"])
def test_an_invalid_position_is_not_found(
    visitor: Visitor, make_album: MakeAlbum, cursor: str
) -> None:
    path = f"/albums/{make_album().album_id}"
    for name in ("before", "after"):
        assert visitor.get(path, query_string={name: cursor}).status_code == 404


def test_the_menu_is_for_who_may_change_the_album(visitor: Visitor, make_album: MakeAlbum) -> None:
    """Others see no link to a form that they may not send."""
    theirs = visitor.get(f"/albums/{make_album().album_id}").text
    assert "/edit" not in theirs
    path = visitor.submit("/albums/new", title="Mine").location
    mine = visitor.get(path).text
    assert f'href="{path}/edit"' in mine
    assert f'href="{path}/delete"' in mine


def test_the_card_has_the_address_and_its_code(visitor: Visitor, make_album: MakeAlbum) -> None:
    """It is a page to print, which search engines do not list."""
    path = f"/albums/{make_album().album_id}"
    answer = visitor.get(f"{path}/card")
    assert f"http://localhost{path}<" in answer.text
    assert f'src="{path}/qr.svg"' in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert visitor.get(f"{path}/qr.svg").mimetype == "image/svg+xml"
