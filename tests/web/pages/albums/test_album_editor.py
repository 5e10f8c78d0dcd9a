"""Create, change and delete albums.

Covers app.web.album_forms, app.web.bulk.album_steps, app.services.albums.album_editor.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

import pytest

from app import create_app
from app.config import Config
from app.domain.albums.album import Album, AlbumContributors, AlbumOrder, AlbumVisibility
from app.domain.errors import AlbumNotFound, PhotoBusy, StorageUnavailable
from app.domain.photo import Photo
from app.services.albums.album_service import AlbumService
from app.services.factory import Services
from app.web.bulk import album_steps
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all
from tests.visitor import Visitor
from tests.web.pages.albums.conftest import AddPhotos, MakeAlbum

Own = Callable[..., Album]
SortWithError = Callable[[Album, Photo, Exception], str]


@pytest.fixture
def own(visitor: Visitor, services: Services) -> Own:
    """Return a function that creates an album of the visitor."""

    def own(**fields: str) -> Album:
        answer = visitor.submit("/albums/new", **{"title": "Lake"} | fields)
        assert answer.status_code == 303, answer.text
        return services.albums.get(answer.location.rpartition("/")[2])

    return own


def shown(services: Services, album: Album) -> list[str]:
    page = services.albums.page(album.album_id, 99)
    return [summary.photo_id for summary in page.summaries]


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


def go_on(visitor: Visitor, page: str) -> dict[str, str]:
    """Return the hidden fields of the form of a progress page, and its address."""
    action = re.search(r'id="action" action="([^"]*)"', page)
    assert action
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    return fields | {"action": action[1].replace("&amp;", "&")}


def run_to_the_end(visitor: Visitor, page: str) -> int:
    """Continue an action until its last step, and return the number of further steps."""
    for number in range(1, 9):
        fields = go_on(visitor, page)
        answer = visitor.post(fields.pop("action"), fields)
        if answer.status_code == 303:
            return number
        assert answer.status_code == 200, answer.text
        page = answer.text
    raise AssertionError("the action does not end")


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
