"""The owner of an album orders its photos, chooses the cover and removes photos."""

import re
from html import unescape
from random import Random

import pytest
from flask import Flask

from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.services.albums import album_arranger
from app.services.factory import Services
from app.web.pages.album_photos import arranging
from tests.backends import Backend
from tests.visitor import Visitor


@pytest.fixture
def photo_ids(visitor: Visitor) -> list[str]:
    return [visitor.add(title=f"Photo {number}") for number in range(4)]


@pytest.fixture
def album(photo_ids: list[str], services: Services) -> Album:
    """An album of the visitor with four photos."""
    owner = services.photos.get(photo_ids[0]).owner
    album = services.albums.create(owner, AlbumText("Lake", ""))
    for photo_id in photo_ids:
        services.albums.add(album.album_id, photo_id)
    return services.albums.get(album.album_id)


def order(page: str) -> list[str]:
    return re.findall(r'<li id="(\w+)">', page)


def test_buttons_and_numbers_move_photos(
    visitor: Visitor, album: Album, photo_ids: list[str]
) -> None:
    """The visitor comes back to the photo. An empty number is the first place."""
    path = f"/albums/{album.album_id}/arrange"
    a, b, c, d = photo_ids
    assert order(visitor.get(path).text) == [a, b, c, d]
    fields = visitor.fields(path)
    for sent, expected in (
        ({"photo": a, "direction": "later"}, [b, a, c, d]),
        ({"photo": d, "direction": "earlier"}, [b, a, d, c]),
        ({"photo": c, "place": "1"}, [c, b, a, d]),
        ({"photo": b, "place": "99"}, [c, a, d, b]),
        ({"photo": d, "place": ""}, [d, c, a, b]),
        ({"photo": d, "direction": "earlier"}, [d, c, a, b]),
    ):
        fields.pop("photo", None)
        answer = visitor.post(path, {"csrf_token": fields["csrf_token"]} | sent)
        assert answer.location == f"{path}#{sent['photo']}"
        assert order(visitor.get(path).text) == expected
    assert f'href="/albums/{album.album_id}/arrange"' in visitor.get(path[: -len("/arrange")]).text


def numbered(page: str) -> list[tuple[int, str]]:
    """Return the numbers and the ids of the photos on a page, which must agree with its list."""
    numbers = list(map(int, re.findall(r'name="place"[^>]*\s+value="(\d+)"', page)))
    start = re.search(r'class="arrangement" role="list" start="(\d+)"', page)
    assert start
    assert numbers[0] == int(start[1])
    return list(zip(numbers, order(page), strict=True))


def link(page: str, rel: str) -> str:
    """Return the address of the next or the previous page, empty if there is none."""
    found = re.search(rf'rel="{rel}" href="\s*([^"]*)"', page)
    return unescape(found[1]) if found else ""


def pages_from(visitor: Visitor, path: str, rel: str) -> dict[str, str]:
    """Return the pages that links lead to, by their addresses."""
    pages = {}
    while path:
        pages[path] = visitor.get(path).text
        path = link(pages[path], rel)
    return pages


def test_a_move_among_many_photos_of_one_second_takes_several_steps(
    visitor: Visitor, album: Album, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page sends the same form again, and the last step leads back to the photo."""
    monkeypatch.setattr(album_arranger, "_MAX_TIES", 2)
    path = f"/albums/{album.album_id}/arrange"
    for photo_id in order(visitor.get(path).text):
        photo = backend.catalog.get(photo_id)
        backend.catalog.update(photo, photo.next_version(taken_at=photo.uploaded_at.min))
    *others, last = order(visitor.get(path).text)
    sent = {"csrf_token": visitor.fields(path)["csrf_token"], "photo": last, "place": "2"}
    answer = visitor.post(f"{path}", sent)
    assert answer.status_code == 200
    fields = dict(re.findall(r'type="hidden" name="(\w+)" [^>]*value="([^"]*)"', answer.text))
    assert (fields["photo"], fields["place"]) == (last, "2")
    assert order(visitor.get(path).text) == [*others, last]
    again = visitor.post(f"{path}", fields)
    assert again.location == f"{path}#{last}"
    assert order(visitor.get(path).text) == [others[0], last, *others[1:]]


def test_numbers_are_those_of_the_album_on_every_page_after_every_move(
    visitor: Visitor, album: Album, photo_ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A move to a number leads to that place of the album, from every page, also an old one."""
    monkeypatch.setattr(arranging, "PAGE_SIZE", 2)
    random = Random(15)  # noqa: S311  no secret
    path = f"/albums/{album.album_id}/arrange"
    token = visitor.fields(path)["csrf_token"]
    expected = list(photo_ids)
    opened = {path}
    for _ in range(12):
        shown = pages_from(visitor, path, "next")
        shown |= pages_from(visitor, list(shown)[-1], "prev")
        for page in shown.values():
            assert numbered(page) == [(expected.index(each) + 1, each) for each in order(page)]
        assert {photo_id for page in shown.values() for photo_id in order(page)} == set(photo_ids)
        opened |= set(shown)
        photo_id = random.choice(photo_ids)
        number = random.randint(1, len(photo_ids))
        fields = {"csrf_token": token, "photo": photo_id, "place": str(number)}
        opened_earlier = random.choice(sorted(opened))
        answer = visitor.post(opened_earlier, fields)
        assert answer.location.partition("#")[0] == opened_earlier
        expected.remove(photo_id)
        expected.insert(number - 1, photo_id)


def test_a_page_without_photos_leads_to_the_first_one(
    visitor: Visitor, album: Album, photo_ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last photo of a page may be removed."""
    monkeypatch.setattr(arranging, "PAGE_SIZE", 3)
    path = f"/albums/{album.album_id}/arrange"
    second = link(visitor.get(path).text, "next")
    fields = visitor.fields("/upload") | {"photo": photo_ids[3]}
    visitor.post(f"/albums/{album.album_id}/remove", fields)
    assert visitor.get(second).location == path
    assert visitor.get(f"{path}?after=x").status_code == 404


def test_numbers_have_a_limit(
    visitor: Visitor, album: Album, photo_ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page beyond it has none. A number beyond it moves a photo to the last place, or none."""
    monkeypatch.setattr(arranging, "PAGE_SIZE", 2)
    for module in (arranging, album_arranger):
        monkeypatch.setattr(module, "MAX_PLACE", 2)
    path = f"/albums/{album.album_id}/arrange"
    first = visitor.get(path).text
    assert numbered(first) == [(1, photo_ids[0]), (2, photo_ids[1])]
    assert 'name="place"' not in visitor.get(link(first, "next")).text
    fields = visitor.fields(path) | {"photo": photo_ids[0]}
    visitor.post(path, fields | {"place": "3"})
    page = visitor.get(path).text
    assert "places of an album, and the last one, can be chosen by a number." in page
    assert order(page) == photo_ids[:2]
    visitor.post(path, fields | {"place": "4"})
    assert order(visitor.get(path).text) == photo_ids[1:3]
    assert order(visitor.get(link(visitor.get(path).text, "next")).text)[-1] == photo_ids[0]


def test_the_cover_is_chosen(
    visitor: Visitor, album: Album, photo_ids: list[str], services: Services
) -> None:
    fields = visitor.fields("/upload") | {"photo": photo_ids[2]}
    assert visitor.post(f"/albums/{album.album_id}/cover", fields).status_code == 303
    assert services.albums.get(album.album_id).cover == photo_ids[2]


def test_a_removed_photo_stays_on_the_site(
    visitor: Visitor, album: Album, photo_ids: list[str]
) -> None:
    fields = visitor.fields("/upload") | {"photo": photo_ids[1]}
    path = f"/albums/{album.album_id}/arrange"
    answer = visitor.post(f"/albums/{album.album_id}/remove?back={path}", fields)
    assert answer.location == path
    assert order(visitor.get(path).text) == [photo_ids[0], *photo_ids[2:]]
    assert visitor.get(f"/photos/{photo_ids[1]}").status_code == 200


@pytest.mark.parametrize("action", ["arrange", "cover", "remove"])
def test_only_the_owner_changes_the_album(
    app: Flask, album: Album, photo_ids: list[str], services: Services, action: str
) -> None:
    """Others do not see the form. Texts that are no ids are not found."""
    stranger = Visitor(app)
    fields = stranger.fields("/upload") | {"photo": photo_ids[1], "place": "1"}
    path = f"/albums/{album.album_id}/{action}"
    assert stranger.post(path, fields).status_code == 403
    assert stranger.post(path, fields | {"photo": "x"}).status_code in {403, 404}
    assert stranger.post(f"/albums/x/{action}", fields).status_code == 404
    if action == "arrange":
        assert stranger.get(path).status_code == 403
    assert services.albums.get(album.album_id) == album
    assert [photo.photo_id for photo in services.albums.page(album.album_id, 9).summaries] == (
        photo_ids
    )


@pytest.mark.parametrize("place", ["-1", "abc", "4.0", "9" * 12])
def test_a_text_that_is_no_number_moves_no_photo(
    visitor: Visitor, album: Album, photo_ids: list[str], place: str
) -> None:
    path = f"/albums/{album.album_id}/arrange"
    fields = visitor.fields(path) | {"photo": photo_ids[2], "place": place}
    answer = visitor.post(path, fields)
    page = visitor.get(answer.location.partition("#")[0]).text
    assert "Enter the number of a place." in page
    assert order(page) == photo_ids


def test_only_a_public_photo_of_the_album_can_be_its_cover(
    visitor: Visitor, app: Flask, album: Album, photo_ids: list[str], services: Services
) -> None:
    """A hidden photo of someone else is answered as one that does not exist."""
    other = visitor.add()
    stranger = Visitor(app)
    hidden = stranger.add()
    stranger.post(f"/photos/{hidden}/hide", stranger.fields("/upload"))
    fields = visitor.fields("/upload")
    for photo_id in (other, hidden, "01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        answer = visitor.post(f"/albums/{album.album_id}/cover", fields | {"photo": photo_id})
        assert answer.status_code == 404
    assert services.albums.get(album.album_id).cover == photo_ids[0]
