"""A form that creates an album creates one, however often it is sent."""

import pytest
from flask import Flask

from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.batches import Batch
from app.domain.errors import AlbumConflict
from app.services.factory import Services
from app.web.auth import batch_token
from tests.backends import Backend
from tests.visitor import Visitor


def own_albums(visitor: Visitor) -> list[str]:
    """Return the addresses of the visitor's albums."""
    answer = visitor.get("/albums/mine", headers={"Accept": "application/json"})
    return [album["url"] for album in answer.json["albums"]]


def test_a_form_that_is_sent_twice_makes_one_album(visitor: Visitor) -> None:
    """The second response leads to the album of the first, also after an edit."""
    form = visitor.fields("/albums/new") | {"title": "Lake", "visibility": "unlisted"}
    first = visitor.post("/albums/new", form)
    assert first.status_code == 303
    assert visitor.post("/albums/new", form).location == first.location
    visitor.submit(f"{first.location}/edit", title="The lake")
    assert visitor.post("/albums/new", form).location == first.location
    assert len(own_albums(visitor)) == 1


@pytest.mark.parametrize(
    "change", [{"title": "Hill"}, {"description": "Two weeks"}, {"order": "manual"}]
)
def test_the_form_with_another_content_makes_another_album(
    visitor: Visitor, change: dict[str, str]
) -> None:
    """A visitor who goes back from the new album and creates another one gets it."""
    form = visitor.fields("/albums/new") | {"title": "Lake"}
    first = visitor.post("/albums/new", form).location
    assert visitor.post("/albums/new", form | change).location != first
    assert len(own_albums(visitor)) == 2


def test_two_forms_with_the_same_content_make_two_albums(visitor: Visitor) -> None:
    """A form that was opened again is another one, and so is one without its hidden fields."""
    script = {"csrf_token": visitor.fields("/albums/new")["csrf_token"], "title": "Lake"}
    answers = [visitor.submit("/albums/new", title="Lake") for _ in range(2)]
    answers += [visitor.post("/albums/new", script) for _ in range(2)]
    assert len({answer.location for answer in answers}) == 4


def test_a_form_of_another_visitor_makes_another_album(visitor: Visitor, app: Flask) -> None:
    """Its hidden fields reveal no album, and take none away."""
    other = Visitor(app)
    form = visitor.fields("/albums/new") | {"title": "Lake"}
    first = visitor.post("/albums/new", form).location
    stolen = form | {"csrf_token": other.fields("/albums/new")["csrf_token"]}
    assert other.post("/albums/new", stolen).location != first
    assert len(own_albums(visitor)) == len(own_albums(other)) == 1


def test_a_form_that_was_left_open_for_days_makes_one_album(visitor: Visitor, app: Flask) -> None:
    form = visitor.fields("/albums/new") | {"title": "Lake"}
    with app.test_request_context():
        opened = batch_token.signed_batch(form["opened"])
        assert opened
        early = Batch(opened.milliseconds - 3 * 24 * 60 * 60 * 1000)
        form["opened"] = batch_token.token_of(early)
    assert len({visitor.post("/albums/new", form).location for _ in range(2)}) == 1


@pytest.mark.parametrize("opened", ["", "x", "9" * 5000, "MQ.x"])
def test_a_time_that_the_site_has_not_signed_counts_as_now(visitor: Visitor, opened: str) -> None:
    """So an album cannot be first in the list of albums for ever."""
    now = visitor.submit("/albums/new", title="Lake").location
    form = visitor.fields("/albums/new") | {"title": "Hill", "opened": opened}
    made = visitor.post("/albums/new", form).location
    later = visitor.submit("/albums/new", title="Sea").location
    assert now < made < later


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_a_form_does_not_bring_a_deleted_album_back(
    visitor: Visitor, app: Flask, visibility: str
) -> None:
    """Its address may have been shared. The visitor learns that the album was deleted."""
    form = visitor.fields("/albums/new") | {"title": "Lake", "visibility": visibility}
    location = visitor.post("/albums/new", form).location
    visitor.submit(f"{location}/delete")
    again = visitor.post("/albums/new", form)
    assert again.status_code == 404
    assert "may have been deleted" in again.text
    assert Visitor(app).get(location).status_code == 404
    assert own_albums(visitor) == []
    visitor.submit("/albums/new", title="Lake")
    assert len(own_albums(visitor)) == 1


def test_a_form_does_not_bring_the_deleted_album_of_photos_back(visitor: Visitor) -> None:
    """As the form of an album, so that of photos which were added to a new one."""
    photo_id = visitor.add()
    form = visitor.fields(f"/photos/{photo_id}/albums") | {"photo": photo_id, "title": "Lake"}
    location = visitor.post("/uploads/albums/add", form).location
    visitor.submit(f"{location}/delete")
    assert visitor.post("/uploads/albums/add", form).status_code == 404
    assert own_albums(visitor) == []


def test_a_form_does_not_open_an_album_whose_link_has_ended(visitor: Visitor, app: Flask) -> None:
    form = visitor.fields("/albums/new") | {"title": "Lake", "visibility": "unlisted"}
    location = visitor.post("/albums/new", form).location
    visitor.post(f"{location}/link/end", visitor.fields(f"{location}/link"))
    assert visitor.post("/albums/new", form).location == location
    assert Visitor(app).get(location).status_code == 410


def test_an_album_whose_deletion_failed_is_still_that_of_its_form(services: Services) -> None:
    """The deletion is stored first. A fault after it leaves the album, which can be deleted."""
    album = services.albums.create("a" * 32, AlbumText("Lake", ""))
    services.backend.session_revocations.revoke(f"album:{album.album_id}", 2**40)
    again = services.albums.create("a" * 32, AlbumText("Lake", ""), album_id=album.album_id)
    assert again == album


def test_an_album_that_is_deleted_while_its_form_is_sent_again_stays_deleted(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion comes after the second request has seen no deletion."""
    form = visitor.fields("/albums/new") | {"title": "Lake", "visibility": "unlisted"}
    location = visitor.post("/albums/new", form).location
    create = backend.albums.create

    def delete_and_create(album: Album) -> None:
        monkeypatch.setattr(backend.albums, "create", create)
        visitor.submit(f"{location}/delete")
        create(album)

    monkeypatch.setattr(backend.albums, "create", delete_and_create)
    assert visitor.post("/albums/new", form).status_code == 404
    assert visitor.get(location).status_code == 404
    assert own_albums(visitor) == []


def test_adding_photos_to_a_new_album_twice_makes_one_album(visitor: Visitor) -> None:
    """The album has the photo once."""
    photo_id = visitor.add()
    form = visitor.fields(f"/photos/{photo_id}/albums") | {"photo": photo_id, "title": "Lake"}
    locations = {visitor.post("/uploads/albums/add", form).location for _ in range(2)}
    assert len(locations) == 1
    (album,) = locations
    assert visitor.get(album, headers={"Accept": "application/json"}).json["count"] == 1


def test_an_id_that_another_owner_has_is_refused(services: Services) -> None:
    first: Album = services.albums.create("a" * 32, AlbumText("Lake", ""))
    with pytest.raises(AlbumConflict):
        services.albums.create("b" * 32, AlbumText("Lake", ""), album_id=first.album_id)
    assert services.albums.get(first.album_id) == first
