"""A photo follows a link that changes at the same time, and after a storage that fails.

Covers app.services.moves.unlisted_photos.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from app.domain.albums.album import Album
from app.domain.errors import PhotoBusy, StorageError
from app.domain.photo_summary import Role
from app.maintenance import IntegrityCheck
from app.services.factory import Services
from app.services.leases import LEASE, Leases
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.services.moves.changes import Clock
from tests.services.moves.unlisted_albums import (
    add_photo,
    assert_is,
    end,
    new_album,
    open_again,
    state_in,
    stored,
)
from tests.services.sample_uploads import nth_call_fails, upload


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
