"""Photos are added to an album that exists or to a new one, one by one or many at once."""

import re
from html import unescape

from flask import Flask

from app.domain.albums.album import Album, AlbumContributors, AlbumOrder, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.memberships import MAX_ALBUMS
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.visitor import Visitor


def titles(page: str) -> list[str]:
    """Return the albums that the page offers."""
    return [
        unescape(title)
        for title in re.findall(r'value="\w+"[^>]*>\s*<span dir="auto">([^<]*)<', page)
    ]


def make_own(visitor: Visitor, services: Services, title: str, **settings: object) -> Album:
    """Create an album of the visitor, who has a photo."""
    owner = services.photos.get(visitor.add()).owner
    return services.albums.create(owner, AlbumText(title, ""), **settings)


def shown(services: Services, album: Album) -> set[str]:
    return {photo.photo_id for photo in services.albums.page(album.album_id, 30).summaries}


def test_chosen_photos_are_added_to_an_album(visitor: Visitor, services: Services) -> None:
    """The page offers own albums, and listed ones of others that are open to everyone."""
    own = make_own(visitor, services, "Lake", visibility=AlbumVisibility.UNLISTED)
    everyone = AlbumContributors.EVERYONE
    services.albums.create("1" * 32, AlbumText("Party", ""), contributors=everyone)
    services.albums.create("1" * 32, AlbumText("Closed", ""))
    services.albums.create(
        "1" * 32,
        AlbumText("Secret", ""),
        contributors=everyone,
        visibility=AlbumVisibility.UNLISTED,
    )
    chosen = [visitor.add(), visitor.add()]
    fields = visitor.fields("/uploads") | {"photo": chosen}
    page = visitor.post("/uploads/albums", fields)
    assert page.status_code == 200
    assert "Add 2 photos to an album" in page.text
    assert titles(page.text) == ["Lake", "Party"]
    answer = visitor.post("/uploads/albums/add", fields | {"album": own.album_id})
    assert answer.location == f"/albums/{own.album_id}"
    assert "2 photos added to “Lake”." in unescape(visitor.get(answer.location).text)
    assert shown(services, own) == set(chosen)


def test_a_new_album_is_made_with_the_photos(visitor: Visitor, services: Services) -> None:
    """It belongs to the visitor. Without a title, the form says what is missing."""
    photo_id = visitor.add()
    fields = visitor.fields("/uploads") | {"photo": [photo_id], "album": "", "title": " "}
    answer = visitor.post("/uploads/albums/add", fields)
    assert answer.status_code == 422
    assert "Enter a title." in answer.text
    answer = visitor.post("/uploads/albums/add", fields | {"title": "Sea"})
    assert answer.status_code == 303
    album = services.albums.get(answer.location.rpartition("/")[2])
    assert (album.title, album.owner) == ("Sea", services.photos.get(photo_id).owner)
    assert shown(services, album) == {photo_id}


def test_the_page_of_a_photo_leads_to_its_albums(visitor: Visitor, services: Services) -> None:
    """It names those that have the photo, from which it can be removed."""
    album = make_own(visitor, services, "Lake")
    photo_id = visitor.add()
    assert f'href="/photos/{photo_id}/albums"' in visitor.get(f"/photos/{photo_id}").text
    services.albums.add(album.album_id, photo_id)
    page = visitor.get(f"/photos/{photo_id}/albums").text
    assert "Already in" in page
    assert titles(page) == []
    fields = visitor.fields("/uploads") | {"photo": photo_id}
    assert visitor.post(f"/albums/{album.album_id}/remove", fields).status_code == 303
    assert shown(services, album) == set()
    assert titles(visitor.get(f"/photos/{photo_id}/albums").text) == ["Lake"]


def test_photos_and_closed_albums_of_others_are_refused(
    visitor: Visitor, app: Flask, services: Services
) -> None:
    album = make_own(visitor, services, "Lake")
    photo_id = visitor.add()
    stranger = Visitor(app)
    own = stranger.add()
    fields = stranger.fields("/uploads") | {"album": album.album_id}
    assert stranger.post("/uploads/albums/add", fields | {"photo": own}).status_code == 403
    open_album = services.albums.create("1" * 32, AlbumText("x", ""), contributors="everyone")
    taken = fields | {"album": open_album.album_id, "photo": photo_id}
    assert stranger.post("/uploads/albums/add", taken).status_code == 403
    assert stranger.get(f"/photos/{photo_id}/albums").status_code == 403
    assert stranger.post(f"/albums/{album.album_id}/remove", taken).status_code == 403
    assert shown(services, album) == shown(services, open_album) == set()


def test_a_photo_that_cannot_be_added_is_named(
    visitor: Visitor, services: Services, service: PhotoService
) -> None:
    """It is in too many albums. The others are added."""
    full, other = visitor.add(title="Full"), visitor.add()
    owner = service.get(full).owner
    for _ in range(MAX_ALBUMS):
        album = services.albums.create(owner, AlbumText("Old", ""))
        services.albums.add(album.album_id, full)
    album = services.albums.create(owner, AlbumText("New", ""))
    fields = visitor.fields("/uploads") | {"photo": [full, other], "album": album.album_id}
    answer = visitor.post("/uploads/albums/add", fields)
    assert answer.status_code == 422
    assert f'href="/photos/{full}"' in answer.text
    assert f"at most {MAX_ALBUMS} albums" in answer.text
    assert shown(services, album) == {other}


def test_an_empty_selection_leads_back(visitor: Visitor) -> None:
    """The page says that a photo must be selected."""
    visitor.add()
    answer = visitor.post("/uploads/albums", visitor.fields("/uploads"))
    assert answer.location == "/uploads"
    assert "Select at least one photo." in visitor.get("/uploads").text


def test_no_album_is_made_without_a_photo_for_it(
    visitor: Visitor, app: Flask, services: Services
) -> None:
    """Neither for a photo of someone else nor for one that does not exist."""
    photo_id = visitor.add()
    stranger = Visitor(app)
    stranger.add()
    fields = stranger.fields("/uploads") | {"title": "Spam"}
    for chosen, status in ((photo_id, 403), ("01ARZ3NDEKTSV4RRFFQ69G5FAV", 404)):
        answer = stranger.post("/uploads/albums/add", fields | {"photo": chosen})
        assert answer.status_code == status
    assert services.albums.public(9).tiles == ()


def test_an_unlisted_album_of_someone_else_is_not_named(
    visitor: Visitor, services: Services
) -> None:
    """The admin may put a photo there. Its owner can take it out without learning the address."""
    album = services.albums.create(
        "1" * 32, AlbumText("Secret", ""), visibility=AlbumVisibility.UNLISTED
    )
    photo_id = visitor.add()
    services.albums.add(album.album_id, photo_id)
    page = visitor.get(f"/photos/{photo_id}/albums").text
    assert "Secret" not in page
    assert "An unlisted album of someone else" in page
    assert album.album_id not in page
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    path = f"/photos/{photo_id}/albums"
    assert visitor.post(f"{path}/remove", fields | {"digest": "0" * 32}).location == path
    assert services.photos.get(photo_id).albums != ()
    assert visitor.post(f"{path}/remove", fields).location == path
    assert services.photos.get(photo_id).albums == ()


def test_photos_of_a_selection_are_in_the_order_of_upload(
    visitor: Visitor, services: Services
) -> None:
    """In an album by date added, too, though the form sends the newest first."""
    chosen = [visitor.add() for _ in range(4)]
    album = make_own(visitor, services, "Lake", order=AlbumOrder.ADDED)
    fields = visitor.fields("/uploads") | {"photo": chosen[::-1], "album": album.album_id}
    assert visitor.post("/uploads/albums/add", fields).status_code == 303
    page = services.albums.page(album.album_id, 9)
    assert [photo.photo_id for photo in page.summaries] == chosen
