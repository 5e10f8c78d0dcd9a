"""The link of an unlisted album ends and opens again, on both backends.

Covers app.services.albums.album_links, app.domain.albums.link.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.config import Config
from app.domain.albums.album import Album, AlbumVisibility
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.domain.albums.link import LAST_REQUESTS, next_settling
from app.domain.albums.pages import AlbumPage
from app.domain.errors import GuestLinkEnded, InvalidText
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from tests.backends import Backend
from tests.conftest import services_of
from tests.services.moves.changes import Clock
from tests.services.moves.unlisted_albums import add_photo, new_album

HOUR = timedelta(hours=1)
PARTY = AlbumText("Party", "")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(backend: Backend, config: Config, clock: Clock) -> Services:
    return services_of(backend, config, now=clock)


def current(services: Services, album: Album) -> Album:
    return services.albums.get(album.album_id)


def state(backend: Backend, photo: Photo) -> PhotoState:
    return backend.catalog.get(photo.photo_id).state


def test_the_photos_follow_when_the_end_has_come(
    backend: Backend, services: Services, clock: Clock
) -> None:
    """The clock closes the album at once, and the task moves the objects."""
    album = new_album(services)
    photo = add_photo(services, album)
    album = services.album_links.end_at(current(services, album), clock.time + HOUR)
    assert services.album_links.settle_due() == 0
    assert services.album_links.is_open(album)
    clock.time += HOUR
    assert not services.album_links.is_open(album)
    assert services.album_links.settle_due() == 1
    assert state(backend, photo) is PhotoState.PRIVATE


def test_what_a_request_added_around_the_end_follows_later(
    backend: Backend, services: Services, clock: Clock
) -> None:
    """A request that began before the end may publish a photo after the others have followed."""
    album = new_album(services)
    services.album_links.end_now(album)
    assert services.album_links.settle_due() == 1
    late = add_photo(services, album)
    assert state(backend, late) is PhotoState.UNLISTED
    clock.time += LAST_REQUESTS
    assert services.album_links.settle_due() == 1
    assert state(backend, late) is PhotoState.PRIVATE
    assert current(services, album).settle_at is None
    assert services.album_links.settle_due() == 0


def test_an_end_can_be_moved_and_removed(services: Services, clock: Clock) -> None:
    """The photos have nothing to do while the album stays open."""
    album = new_album(services)
    links = services.album_links
    for end in (clock.time + HOUR, clock.time + 2 * HOUR, None):
        album = links.end_at(current(services, album), end)
        assert (album.ends_at, album.settle_at) == (end, end)
    assert links.end_at(album, None) == album


def test_another_end_keeps_what_is_left_to_do(
    backend: Backend, services: Services, clock: Clock
) -> None:
    """An album that was opened again, and gets an end before its photos are back."""
    album = new_album(services)
    photo = add_photo(services, album)
    links = services.album_links
    links.end_now(current(services, album))
    links.settle_due()
    links.end_at(current(services, album), None)
    links.end_at(current(services, album), clock.time + HOUR)
    assert links.settle_due() == 1
    assert state(backend, photo) is PhotoState.UNLISTED
    assert current(services, album).settle_at == clock.time + HOUR


def test_an_end_is_in_the_future_and_of_an_unlisted_album(services: Services, clock: Clock) -> None:
    album = new_album(services)
    with pytest.raises(InvalidText):
        services.album_links.end_at(album, clock.time)
    public = services.albums.create("b" * 32, PARTY)
    for change in (
        lambda: services.album_links.end_now(public),
        lambda: services.album_links.end_at(public, clock.time + HOUR),
    ):
        with pytest.raises(InvalidText):
            change()


@pytest.mark.parametrize(
    "end", [datetime.max.replace(tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)]
)
def test_an_end_has_a_limit(services: Services, end: datetime) -> None:
    """Other times are added to it."""
    with pytest.raises(InvalidText):
        services.album_links.end_at(new_album(services), end)
    assert next_settling(end, end - HOUR) == end


def test_an_album_that_fails_stops_no_other(
    backend: Backend, services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the fault is, the photos of the other albums follow, and it is tried again."""
    albums = [new_album(services) for _ in range(3)]
    photos = [add_photo(services, album) for album in albums]
    for album in albums:
        services.album_links.end_now(current(services, album))
    page = backend.albums.page

    def fail(album_id: str, *arguments: Any, **options: Any) -> AlbumPage:
        if album_id == albums[0].album_id:
            raise OverflowError("injected")
        return page(album_id, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(backend.albums, "page", fail)
        assert services.album_links.settle_due() == 2
    private = PhotoState.PRIVATE
    assert [state(backend, photo) for photo in photos] == [PhotoState.UNLISTED, private, private]
    assert services.album_links.settle_due() == 1
    assert state(backend, photos[0]) is private


def test_a_closed_album_cannot_become_public(services: Services, clock: Clock) -> None:
    """One that is open loses its end."""
    album = services.album_links.end_at(new_album(services), clock.time + HOUR)
    public = services.albums.update(album, album.version, PARTY, visibility=AlbumVisibility.PUBLIC)
    assert public.ends_at is None
    clock.time += HOUR
    services.album_links.settle_due()
    assert current(services, album).settle_at is None
    closed = services.album_links.end_now(new_album(services))
    with pytest.raises(InvalidText):
        services.albums.update(closed, closed.version, PARTY, visibility=AlbumVisibility.PUBLIC)
    edited = services.albums.update(closed, closed.version, AlbumText("Feast", ""))
    assert edited.ends_at == closed.ends_at


def test_an_album_that_becomes_public_keeps_what_is_left_to_do(
    backend: Backend, services: Services, clock: Clock
) -> None:
    """It was opened again until a day, and its photos are not back yet."""
    album = new_album(services)
    photo = add_photo(services, album)
    services.album_links.end_now(current(services, album))
    services.album_links.settle_due()
    opened = services.album_links.end_at(current(services, album), clock.time + HOUR)
    services.albums.update(opened, opened.version, PARTY, visibility=AlbumVisibility.PUBLIC)
    assert services.album_links.settle_due() == 1
    assert state(backend, photo) is PhotoState.UNLISTED
    assert current(services, album).settle_at is None


def test_the_guest_link_of_a_closed_album_is_closed(services: Services) -> None:
    album = new_album(services)
    album = services.guest_links.change(album, album.version, guest_access=GuestAccess.SEE)
    services.album_links.end_now(album)
    with pytest.raises(GuestLinkEnded):
        services.guest_links.album_of(album.guest_code)
    services.album_links.end_at(current(services, album), None)
    assert services.guest_links.album_of(album.guest_code).album_id == album.album_id


def test_a_deleted_album_is_left_out(services: Services) -> None:
    """It was deleted after the task had found it."""
    album = new_album(services)
    services.album_links.finish(replace(album, version=2), datetime.now(UTC))
    services.album_links.end_now(current(services, album))
    services.albums.delete(current(services, album))
    assert services.album_links.settle_due() == 0


@pytest.mark.parametrize(
    ("began", "expected"),
    [
        (-1, timedelta()),
        (0, LAST_REQUESTS),
        (LAST_REQUESTS.total_seconds() - 1, LAST_REQUESTS),
        (LAST_REQUESTS.total_seconds(), None),
    ],
)
def test_photos_follow_at_the_end_and_once_more(began: float, expected: timedelta | None) -> None:
    end = datetime(2026, 12, 1, tzinfo=UTC)
    at = next_settling(end, end + timedelta(seconds=began))
    assert at == (None if expected is None else end + expected)
    assert next_settling(None, end) is None
