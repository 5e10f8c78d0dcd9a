"""The objects of unlisted photos are public only while an open album has the photo.

Covers app.services.moves.unlisted_photos, app.services.albums.open_albums,
app.domain.versions.revisions.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.errors import PhotoBusy, StorageError
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.domain.versions.revisions import MAX_REVISION, is_secret, secret_revision
from app.maintenance import IntegrityCheck
from app.services.factory import Services
from app.services.leases import LEASE, Leases
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.services.moves.changes import Clock
from tests.services.test_photo_service import nth_call_fails, upload

HOST = "b" * 32
PARTY = AlbumText("Party", "")


def new_album(services: Services) -> Album:
    return services.albums.create(HOST, PARTY, visibility=AlbumVisibility.UNLISTED)


def add_photo(services: Services, album: Album) -> Photo:
    membership = services.albums.new_membership(album)
    request = replace(upload(jpeg(320, 240)), albums=(membership,), unlisted=True)
    return services.uploads.publish(request).photo


def stored(backend: Backend, photo: Photo) -> set[str]:
    """Return the keys of all objects of a photo."""
    return {each.key for each in backend.objects.list("") if photo.photo_id in each.key}


def end(services: Services, album: Album) -> None:
    services.album_links.end_now(services.albums.get(album.album_id))
    services.album_links.settle_due()


def open_again(services: Services, album: Album) -> None:
    services.album_links.end_at(services.albums.get(album.album_id), None)
    services.album_links.settle_due()


def before_next_call(
    patch: pytest.MonkeyPatch, owner: object, method: str, change: Callable[[], None]
) -> list[Callable[[], None]]:
    """Let `change` come before the next call of a method. Return it until then."""
    original, changes = getattr(owner, method), [change]

    def changed(*arguments: Any, **fields: Any) -> Any:
        while changes:
            changes.pop()()
        return original(*arguments, **fields)

    patch.setattr(owner, method, changed)
    return changes


def state_in(*, is_open: bool) -> PhotoState:
    """Return the state of an unlisted photo in an open or a closed album."""
    return PhotoState.UNLISTED if is_open else PhotoState.PRIVATE


def assert_is(backend: Backend, photo: Photo, state: PhotoState) -> Photo:
    """The record has the state, and the objects are where it says, and nowhere else."""
    current = backend.catalog.get(photo.photo_id)
    assert current.state is state
    assert stored(backend, photo) == {*current.stored_keys, current.sidecar_key}
    assert list(IntegrityCheck(backend)) == []
    return current


def test_a_revision_of_an_unlisted_photo_is_random_and_fits_its_limits() -> None:
    revisions = {secret_revision() for _ in range(100)}
    assert len(revisions) == 100
    assert all(is_secret(each) and each < MAX_REVISION for each in revisions)
    assert not is_secret(1000)


def test_a_photo_follows_the_link_of_its_album(backend: Backend, services: Services) -> None:
    """Its objects leave the public prefix, and come back under secret names."""
    album = new_album(services)
    photo = add_photo(services, album)
    before = set(photo.stored_keys)
    end(services, album)
    assert_is(backend, photo, PhotoState.PRIVATE)
    open_again(services, album)
    shown = assert_is(backend, photo, PhotoState.UNLISTED)
    assert before.isdisjoint(shown.stored_keys)
    assert all(key.startswith("photos/") for key in shown.stored_keys)


def test_a_photo_stays_while_another_album_is_open(backend: Backend, services: Services) -> None:
    albums = [new_album(services), new_album(services)]
    photo = add_photo(services, albums[0])
    services.albums.add(albums[1].album_id, photo.photo_id)
    end(services, albums[0])
    assert_is(backend, photo, PhotoState.UNLISTED)
    end(services, albums[1])
    assert_is(backend, photo, PhotoState.PRIVATE)


def test_a_public_photo_follows_no_link(backend: Backend, services: Services) -> None:
    album = new_album(services)
    photo = services.uploads.publish(upload(jpeg(320, 240))).photo
    services.albums.add(album.album_id, photo.photo_id)
    end(services, album)
    assert_is(backend, photo, PhotoState.PUBLIC)


def test_the_last_open_album_that_loses_a_photo_makes_it_private(
    backend: Backend, services: Services
) -> None:
    """An open album that gets it makes it unlisted again."""
    album, other, closed = (new_album(services) for _ in range(3))
    end(services, closed)
    photo = add_photo(services, album)
    services.albums.remove(album.album_id, photo.photo_id)
    assert_is(backend, photo, PhotoState.PRIVATE)
    services.albums.add(closed.album_id, photo.photo_id)
    assert_is(backend, photo, PhotoState.PRIVATE)
    services.albums.add(other.album_id, photo.photo_id)
    assert_is(backend, photo, PhotoState.UNLISTED)


@pytest.mark.parametrize("is_late", [False, True])
def test_a_photo_comes_back_as_its_albums_say(
    backend: Backend, services: Services, is_late: bool
) -> None:
    """A hidden, deleted or pending photo follows when it is shown again."""
    album = new_album(services)
    hidden, deleted = (add_photo(services, album) for _ in range(2))
    membership = services.albums.new_membership(album)
    request = replace(
        upload(jpeg(100, 80)), albums=(membership,), unlisted=True, awaiting_review=True
    )
    pending = services.uploads.publish(request).photo
    services.photos.hide(hidden.photo_id, Role.CONTRIBUTOR)
    services.photos.delete(deleted.photo_id, Role.CONTRIBUTOR)
    end(services, album)
    if is_late:
        open_again(services, album)
    services.photos.unhide(hidden.photo_id, Role.CONTRIBUTOR)
    services.photos.restore(deleted.photo_id, Role.CONTRIBUTOR)
    services.reviews.approve(pending.photo_id)
    expected = state_in(is_open=is_late)
    for photo in (hidden, deleted, pending):
        assert backend.catalog.get(photo.photo_id).state is expected
    for key in (each.key for each in backend.objects.list("photos/")):
        assert is_late, key
    assert list(IntegrityCheck(backend)) == []


@pytest.mark.parametrize("hidden_first", [False, True])
@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_addresses_of_an_ended_link_stay_invalid(
    backend: Backend, services: Services, verb: str, hidden_first: bool
) -> None:
    """Also those of a photo that was hidden or deleted, and that another album shows later."""
    album, other = new_album(services), new_album(services)
    photo = add_photo(services, album)
    take_off = services.photos.hide if verb == "hide" else services.photos.delete
    changes = [partial(end, services, album), partial(take_off, photo.photo_id, Role.CONTRIBUTOR)]
    for change in reversed(changes) if hidden_first else changes:
        change()
    if verb == "delete":
        open_again(services, album)
        services.photos.restore(photo.photo_id, Role.CONTRIBUTOR)
    else:
        services.albums.add(other.album_id, photo.photo_id)
        services.photos.unhide(photo.photo_id, Role.CONTRIBUTOR)
    shown = backend.catalog.get(photo.photo_id)
    assert shown.state is PhotoState.UNLISTED
    assert {each.key for each in backend.objects.list("photos/")} == set(shown.stored_keys)
    assert set(photo.stored_keys).isdisjoint(shown.stored_keys)


@pytest.mark.parametrize("opens", [False, True])
@pytest.mark.parametrize("verb", ["unhide", "restore", "approve"])
def test_a_photo_follows_a_link_that_changes_while_it_comes_back(
    backend: Backend,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    opens: bool,
) -> None:
    """The album does not list the photo yet, so its change of the link moves no objects."""
    album = new_album(services)
    membership = services.albums.new_membership(album)
    request = replace(upload(jpeg(100, 80)), albums=(membership,), unlisted=True)
    request = replace(request, awaiting_review=verb == "approve")
    photo = services.uploads.publish(request).photo
    if verb != "approve":
        take_off = services.photos.hide if verb == "unhide" else services.photos.delete
        take_off(photo.photo_id, Role.CONTRIBUTOR)
    if opens:
        end(services, album)
    change = partial(open_again if opens else end, services, album)
    before_next_call(monkeypatch, Leases, "acquire", change)
    if verb == "approve":
        services.reviews.approve(photo.photo_id)
    else:
        bring_back = services.photos.unhide if verb == "unhide" else services.photos.restore
        bring_back(photo.photo_id, Role.CONTRIBUTOR)
    expected = state_in(is_open=opens)
    if verb == "restore":  # its objects in the trash may stay until they expire
        assert backend.catalog.get(photo.photo_id).state is expected
    else:
        assert_is(backend, photo, expected)
    assert any(backend.objects.list("photos/")) == opens
    assert list(IntegrityCheck(backend)) == []


@pytest.mark.parametrize("opens", [False, True])
@pytest.mark.parametrize("verb", ["add", "remove", "settle"])
def test_a_photo_follows_a_link_that_changes_while_it_follows(
    backend: Backend,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    opens: bool,
) -> None:
    """The change comes after the albums were read and before the record of the photo changes."""
    album, other = new_album(services), new_album(services)
    photo = add_photo(services, other if verb == "add" else album)
    if verb == "remove":
        services.albums.add(other.album_id, photo.photo_id)
    decisive = other if verb == "remove" else album
    if opens and verb != "settle":
        end(services, decisive)
    if opens or verb == "add":
        end(services, other)
    if opens and verb == "settle":
        services.album_links.end_now(services.albums.get(album.album_id))
    change = partial(open_again if opens else end, services, decisive)
    remaining = before_next_call(monkeypatch, backend.catalog, "update", change)
    follow = {
        "add": partial(services.albums.add, album.album_id, photo.photo_id),
        "remove": partial(services.albums.remove, album.album_id, photo.photo_id),
        "settle": partial(services.album_links.settle, photo),
    }
    follow[verb]()
    for change in remaining:  # nothing was to be done
        change()
    assert_is(backend, photo, state_in(is_open=opens))


def test_a_private_photo_can_be_hidden_deleted_and_shown_in_the_gallery(
    backend: Backend, services: Services
) -> None:
    album = new_album(services)
    photo = add_photo(services, album)
    end(services, album)
    services.photos.hide(photo.photo_id, Role.CONTRIBUTOR)
    assert_is(backend, photo, PhotoState.HIDDEN)
    services.photos.unhide(photo.photo_id, Role.CONTRIBUTOR)
    assert_is(backend, photo, PhotoState.PRIVATE)
    services.photos.delete(photo.photo_id, Role.CONTRIBUTOR)
    services.photos.restore(photo.photo_id, Role.CONTRIBUTOR)
    assert backend.catalog.get(photo.photo_id).state is PhotoState.PRIVATE
    services.reviews.list_publicly(photo.photo_id)
    current = backend.catalog.get(photo.photo_id)
    assert current.state is PhotoState.PUBLIC
    assert all(map(backend.objects.exists, current.stored_keys))


@pytest.mark.parametrize("opens", [False, True])
def test_a_storage_that_fails_at_any_call_leaves_what_the_tasks_complete(
    backend: Backend,
    services: Services,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    opens: bool,
) -> None:
    """Afterwards the photo is as its album says, and nothing is left elsewhere."""
    change: Callable[[Services, Album], None] = open_again if opens else end
    for method in ("put", "copy", "delete", "update"):
        for number in (1, 2, 3):
            album = new_album(services)
            photo = add_photo(services, album)
            if opens:
                end(services, album)
            store = backend.catalog if method == "update" else backend.objects
            with monkeypatch.context() as patch:
                nth_call_fails(patch, store, method, number)
                with suppress(StorageError):
                    change(services, album)
            clock.time += LEASE + timedelta(minutes=1)
            services.photos.finish_moves()
            services.album_links.settle_due()
            expected = state_in(is_open=opens)
            current = backend.catalog.get(photo.photo_id)
            assert (current.state, current.lease_expires_at) == (expected, None)
            found = stored(backend, photo)
            assert found == {*current.stored_keys, current.sidecar_key}
            services.photos.delete(photo.photo_id, Role.ADMIN)


def test_a_photo_that_a_request_moves_is_refused(services: Services, backend: Backend) -> None:
    """The task tries it again later."""
    album = new_album(services)
    photo = add_photo(services, album)
    until = int(datetime.now(UTC).timestamp()) + 10**6
    backend.catalog.update(photo, photo.next_version(lease_expires_at=until))
    with pytest.raises(PhotoBusy):
        services.album_links.settle(photo)
    services.album_links.end_now(services.albums.get(album.album_id))
    assert services.album_links.settle_due() == 0
