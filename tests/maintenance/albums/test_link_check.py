"""`check` finds unlisted photos that do not follow the links of their albums, on both backends.

Covers app.maintenance.albums.link_check.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.link import LAST_REQUESTS
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.maintenance.albums.link_check import LinkCheck
from app.services.albums.album_records import AlbumRecords
from app.services.albums.album_sidecars import AlbumSidecars
from app.services.factory import Services
from tests.backends import Backend
from tests.maintenance.albums.conftest import LAKE, findings, repair
from tests.maintenance.conftest import OWNER, publish, upload

MINUTE = timedelta(minutes=1)


def make_album(services: Services) -> Album:
    return services.albums.create(OWNER, LAKE, visibility=AlbumVisibility.UNLISTED)


def make_photo(backend: Backend, services: Services, album: Album) -> Photo:
    membership = services.albums.new_membership(album)
    return publish(backend, replace(upload(), albums=(membership,), unlisted=True))


def end_long_ago(backend: Backend, album: Album) -> None:
    """End the link as if the photos had followed."""
    current = backend.albums.get(album.album_id)
    ended = current.next_version(ends_at=datetime.now(UTC) - MINUTE)
    sidecars = AlbumSidecars(backend.objects)
    records = AlbumRecords(backend.albums, sidecars, backend.session_revocations)
    records.replace(current, ended)


def kinds(backend: Backend) -> list[str]:
    return [f"{kind} {detail.partition(' is ')[2]}" for kind, detail in findings(backend)]


def test_a_photo_that_is_public_without_an_open_album_is_moved(
    backend: Backend, services: Services
) -> None:
    album = make_album(services)
    photo = make_photo(backend, services, album)
    end_long_ago(backend, album)
    assert kinds(backend) == ["link mismatch public without an open album"]
    assert repair(backend) == []
    assert findings(backend) == []
    assert backend.catalog.get(photo.photo_id).state is PhotoState.PRIVATE


def test_a_photo_that_is_private_in_an_open_album_is_moved(
    backend: Backend, services: Services
) -> None:
    album = make_album(services)
    photo = make_photo(backend, services, album)
    services.album_links.end_now(album)
    services.album_links.settle_due()
    closed = services.albums.get(album.album_id)
    services.album_links.end_at(closed, None)
    opened = services.albums.get(album.album_id)
    settled = opened.next_version(settle_at=None)
    backend.albums.update(opened, settled)
    services.album_links.end_at(settled, datetime.now(UTC) + LAST_REQUESTS)
    assert kinds(backend) == ["link mismatch private in an open album"]
    assert repair(backend) == []
    assert findings(backend) == []
    assert backend.catalog.get(photo.photo_id).state is PhotoState.UNLISTED


def test_a_photo_of_an_album_that_is_gone_is_made_private(
    backend: Backend, services: Services
) -> None:
    """The membership and the state are corrected together."""
    album = make_album(services)
    photo = make_photo(backend, services, album)
    services.albums.delete(services.albums.get(album.album_id))
    assert repair(backend) == []
    assert findings(backend) == []
    assert backend.catalog.get(photo.photo_id).state is PhotoState.PRIVATE


def test_what_the_task_is_about_to_move_is_no_finding(backend: Backend, services: Services) -> None:
    """The site runs the task every minute. If it does not, the photos are reported later."""
    album = make_album(services)
    make_photo(backend, services, album)
    services.album_links.end_now(album)
    assert findings(backend) == []


@pytest.mark.parametrize("pause", [0.0, 2.0])
def test_a_finding_is_checked_again_after_a_pause(
    backend: Backend, services: Services, pause: float
) -> None:
    """A photo that has followed in the meantime is not reported."""
    album = make_album(services)
    photo = make_photo(backend, services, album)
    pauses: list[float] = []

    def settle(seconds: float) -> None:
        pauses.append(seconds)
        services.album_links.settle(photo)

    end_long_ago(backend, album)
    check = LinkCheck(backend, pause, settle)
    check.add_photo(photo)
    assert len(list(check.problems())) == (0 if pause else 1)
    assert pauses == ([pause] if pause else [])
