"""The objects of unlisted photos are public only while an open album has the photo.

Covers app.services.albums.open_albums, app.domain.versions.revisions.
"""

from dataclasses import replace
from functools import partial

import pytest

from app.domain.photo_summary import PhotoState, Role
from app.domain.versions.revisions import MAX_REVISION, is_secret, secret_revision
from app.maintenance import IntegrityCheck
from app.services.factory import Services
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.services.moves.unlisted_albums import (
    add_photo,
    assert_is,
    end,
    new_album,
    open_again,
    state_in,
)
from tests.services.sample_uploads import upload


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
