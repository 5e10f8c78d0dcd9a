"""Create, change and delete albums.

Covers app.web.album_forms, app.services.albums.album_editor.
"""

import re
from dataclasses import replace

import pytest

from app import create_app
from app.config import Config
from app.domain.albums.album import AlbumContributors, AlbumOrder, AlbumVisibility
from app.domain.errors import AlbumNotFound
from app.services.factory import Services
from app.web.bulk import album_steps
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import JSON, Visitor
from tests.web.pages.albums.conftest import AddPhotos, MakeAlbum, Own, shown
from tests.web.pages.albums.progress_pages import run_to_the_end


def test_a_form_makes_an_album(visitor: Visitor, services: Services, own: Own) -> None:
    """Without a choice it is public, sorted by date, and its owner alone adds photos."""
    album = own(title=" Lake ", description="Two weeks")
    assert (album.title, album.description) == ("Lake", "Two weeks")
    assert album.order is AlbumOrder.TAKEN
    assert album.visibility is AlbumVisibility.PUBLIC
    assert album.contributors is AlbumContributors.OWNER
    chosen = own(order="manual", visibility="unlisted", contributors="everyone")
    assert chosen.order is AlbumOrder.MANUAL
    assert chosen.visibility is AlbumVisibility.UNLISTED
    assert chosen.contributors is AlbumContributors.EVERYONE
    photo = services.photos.get(visitor.add())
    assert album.owner == chosen.owner == photo.owner


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"title": " "}, "Enter a title."),
        ({"title": "x" * 3000}, "too long"),
        ({"title": "Lake", "order": "random"}, "Choose one of these."),
        ({"title": "Lake", "visibility": ""}, "Choose one of these."),
    ],
)
def test_an_invalid_form_keeps_what_was_typed(
    visitor: Visitor, own: Own, services: Services, fields: dict[str, str], error: str
) -> None:
    """Neither a new album nor a change is saved."""
    album = own(description="Before")
    for path in ("/albums/new", f"/albums/{album.album_id}/edit"):
        answer = visitor.submit(path, **fields | {"description": "Two weeks"})
        assert answer.status_code == 422
        assert error in answer.text
        assert "Two weeks" in answer.text
    assert services.albums.get(album.album_id) == album
    assert len(services.albums.public(9).tiles) == 1


def test_creating_albums_counts_as_uploading(config: Config, services: Services) -> None:
    """So a script cannot fill the storage with them."""
    limited = replace(config, upload_rate_limit="2 per hour")
    visitor = Visitor(create_app(limited, services))
    answers = [visitor.submit("/albums/new", title="Lake").status_code for _ in range(3)]
    assert answers == [303, 303, 429]


def test_an_edit_changes_texts_and_settings(visitor: Visitor, services: Services, own: Own) -> None:
    """A field that was not sent stays as it is."""
    album = own(contributors="everyone")
    path = f"/albums/{album.album_id}"
    answer = visitor.submit(f"{path}/edit", title="Sea", visibility="unlisted")
    assert (answer.status_code, answer.location) == (303, path)
    changed = services.albums.get(album.album_id)
    assert (changed.title, changed.visibility) == ("Sea", AlbumVisibility.UNLISTED)
    assert changed.contributors is AlbumContributors.EVERYONE
    assert "Saved." in visitor.get(path).text


def test_a_script_changes_one_field_alone(visitor: Visitor, services: Services, own: Own) -> None:
    """It sends neither the other texts nor the version."""
    album = own(description="By the sea")
    path = f"/albums/{album.album_id}/edit"
    for fields in ({"title": "Sea"}, {"visibility": "unlisted"}, {"description": "Far away"}):
        answer = visitor.client.post(path, data=fields, headers=JSON)
        assert (answer.status_code, answer.location) == (303, path.removesuffix("/edit"))
    changed = services.albums.get(album.album_id)
    texts = (changed.title, changed.description, changed.visibility)
    assert texts == ("Sea", "Far away", AlbumVisibility.UNLISTED)
    stale = visitor.client.post(path, data={"title": "Late", "version": "1"}, headers=JSON)
    assert (stale.status_code, stale.content_type) == (409, "application/problem+json")


def test_a_conflict_shows_both_versions(visitor: Visitor, services: Services, own: Own) -> None:
    """Saving again overwrites the version that the page shows."""
    album = own()
    path = f"/albums/{album.album_id}/edit"
    fields = visitor.fields(path)
    visitor.submit(path, title="Theirs", order="manual")
    answer = visitor.post(path, fields | {"title": "Mine"})
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    version = re.search(r'name="version"[^>]* value="(\d+)"', answer.text)
    assert version
    again = visitor.post(path, fields | {"title": "Mine", "version": version[1]})
    assert again.status_code == 303
    assert services.albums.get(album.album_id).title == "Mine"


@pytest.mark.parametrize("missing", ["", "x", "9" * 30])
def test_a_form_without_its_version_conflicts(
    visitor: Visitor, services: Services, own: Own, missing: str
) -> None:
    album = own()
    path = f"/albums/{album.album_id}/edit"
    assert visitor.submit(path, title="Sea", version=missing).status_code == 409
    assert services.albums.get(album.album_id) == album


def test_deleting_an_album_keeps_its_photos(
    visitor: Visitor,
    services: Services,
    backend: Backend,
    own: Own,
    add_photos: AddPhotos,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They forget the album, in several steps. The confirmation changes nothing."""
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    album = own()
    photos = add_photos(album, 5)
    path = f"/albums/{album.album_id}/delete"
    assert visitor.get(path).status_code == 200
    action = f"{path}?total=5"
    answer = visitor.post(action, visitor.fields(path))
    assert "2 of 5 photos" in answer.text
    run_to_the_end(visitor, answer.text)
    with pytest.raises(AlbumNotFound):
        services.albums.get(album.album_id)
    assert all(services.photos.get(photo.photo_id).albums == () for photo in photos)
    assert not [entry for entry in backend.catalog.listings() if "album" in entry.listing]
    assert "is deleted" in visitor.get("/albums/mine").text
    assert visitor.get(path).status_code == 404


def test_no_page_of_an_action_shows_anything(visitor: Visitor, own: Own) -> None:
    """Its address leads to the album, for visitors who open it again."""
    album = own()
    answer = visitor.get(f"/albums/{album.album_id}/sort")
    assert (answer.status_code, answer.location) == (303, f"/albums/{album.album_id}")


def test_others_change_nothing(
    visitor: Visitor, services: Services, backend: Backend, make_album: MakeAlbum
) -> None:
    """Not even if everyone may add photos to the album."""
    for contributors in AlbumContributors:
        album = make_album(contributors=contributors)
        publish_all(backend, [photo := make_photo()])
        services.albums.add(album.album_id, photo.photo_id)
        path = f"/albums/{album.album_id}"
        fields = visitor.fields("/upload") | {"title": "Mine", "version": "1"}
        for action in ("edit", "delete"):
            assert visitor.get(f"{path}/{action}").status_code == 403
        for action in ("edit", "delete", "sort"):
            answer = visitor.post(f"{path}/{action}", fields)
            assert answer.status_code == 403
            assert "Only the host of this album" in answer.text
        assert services.albums.get(album.album_id).title == "Lake"
        assert shown(services, album) == [photo.photo_id]


def test_the_admin_changes_every_album(
    config: Config, services: Services, make_album: MakeAlbum
) -> None:
    """The owner stays the same."""
    album = make_album()
    admin = Visitor(create_app(replace(config, admin_password="change it all"), services))
    admin.submit("/login", password="change it all")
    path = f"/albums/{album.album_id}"
    assert admin.submit(f"{path}/edit", title="Sea").status_code == 303
    changed = services.albums.get(album.album_id)
    assert (changed.title, changed.owner) == ("Sea", album.owner)
    assert admin.submit(f"{path}/delete").status_code == 303


def test_a_login_comes_first(config: Config, services: Services, make_album: MakeAlbum) -> None:
    """Without the upload password nothing is made or changed."""
    locked = create_app(replace(config, upload_password="let us in"), services)
    album = make_album()
    visitor = Visitor(locked)
    for path in ("/albums/new", "/albums/mine", f"/albums/{album.album_id}/edit"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/login")
    fields = visitor.fields("/login") | {"title": "Mine"}
    assert visitor.post("/albums/new", fields).status_code == 403
    assert visitor.post(f"/albums/{album.album_id}/delete", fields).status_code == 403
    assert len(services.albums.public(9).tiles) == 1
