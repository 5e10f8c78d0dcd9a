"""Guest links are made, changed, replaced and ended, on both backends.

Covers app.services.albums.guest_links, app.domain.albums.guests.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain import object_keys
from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import (
    DEFAULT_PHOTOS,
    MAX_PHOTOS,
    GuestAccess,
    is_guest_code,
    new_guest_code,
    parse_limit,
)
from app.domain.albums.memberships import Membership
from app.domain.errors import (
    AlbumConflict,
    GuestLinkEnded,
    GuestLinkNotFound,
    InvalidText,
    QuotaReached,
)
from app.services.factory import Services
from app.services.quotas import Quota, Quotas
from tests.backends import Backend, make_photo
from tests.storage.conftest import publish_all

HOUR = timedelta(hours=1)


def make_album(services: Services) -> Album:
    return services.albums.create("0" * 32, AlbumText("Party", ""))


def open_link(services: Services, **settings: object) -> Album:
    album = make_album(services)
    access = {"guest_access": GuestAccess.ADD}
    return services.guest_links.change(album, album.version, **(access | settings))


def test_codes_are_random_and_short() -> None:
    codes = {new_guest_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(map(is_guest_code, codes))


@pytest.mark.parametrize("code", ["", "a", "A" * 16, "a" * 17, "a" * 15 + "1", "é" * 16, "../x"])
def test_other_texts_are_no_codes(services: Services, code: str) -> None:
    """None of them is looked up."""
    assert not is_guest_code(code)
    with pytest.raises(GuestLinkNotFound):
        services.guest_links.album_of(code)


@pytest.mark.parametrize(
    ("text", "limit"), [("1", 1), (" 100 ", 100), ("1000", MAX_PHOTOS), ("007", 7)]
)
def test_a_limit_is_a_number(text: str, limit: int) -> None:
    assert parse_limit(text) == limit


@pytest.mark.parametrize("text", ["", "0", "1001", "-1", "1.5", "٣", "9" * 5000, "many"])
def test_other_texts_are_no_limit(text: str) -> None:
    with pytest.raises(InvalidText):
        parse_limit(text)


def test_a_link_leads_to_its_album(services: Services, backend: Backend) -> None:
    """The sidecar has it too."""
    album = open_link(services, guest_review=True, guest_limit=7)
    assert services.guest_links.album_of(album.guest_code) == album
    assert (album.guest_limit, album.guest_review) == (7, True)
    body = backend.objects.get(object_keys.album_sidecar(album.album_id))
    assert Album.from_dict(json.loads(body)) == album
    assert services.albums.get(album.album_id) == album


def test_an_album_has_no_link_at_first(services: Services) -> None:
    album = make_album(services)
    assert (album.guest_code, album.guest_access) == ("", GuestAccess.NONE)
    assert album.guest_limit == DEFAULT_PHOTOS
    assert not album.takes_guests(datetime.now(UTC))


def test_a_new_link_ends_the_earlier_one(services: Services) -> None:
    album = open_link(services)
    renewed = services.guest_links.renew(album, album.guest_code)
    assert renewed.guest_code != album.guest_code
    version = album.version + 1
    code = renewed.guest_code
    assert renewed == replace(album, guest_code=code, version=version, guest_version=version)
    with pytest.raises(GuestLinkNotFound):
        services.guest_links.album_of(album.guest_code)
    assert services.guest_links.album_of(renewed.guest_code) == renewed


def test_a_link_ends_by_time_and_by_the_host(services: Services) -> None:
    album = open_link(services, guest_until=datetime.now(UTC) - HOUR)
    with pytest.raises(GuestLinkEnded):
        services.guest_links.album_of(album.guest_code)
    later = services.guest_links.change(album, album.version, guest_until=datetime.now(UTC) + HOUR)
    assert later.guest_code == album.guest_code
    assert services.guest_links.album_of(album.guest_code) == later
    ended = services.guest_links.end(later, later.guest_code)
    assert ended.guest_code == ""
    with pytest.raises(GuestLinkNotFound):
        services.guest_links.album_of(album.guest_code)


def test_an_earlier_version_of_the_album_changes_nothing(services: Services) -> None:
    album = open_link(services)
    with pytest.raises(AlbumConflict):
        services.guest_links.change(album, album.version - 1, guest_limit=3)


def test_a_link_is_replaced_once(services: Services) -> None:
    """A request that has read the album before, or that comes again, leaves the new link alone."""
    album = open_link(services)
    renewed = services.guest_links.renew(album, album.guest_code)
    assert services.guest_links.renew(album, album.guest_code) == renewed
    assert services.guest_links.renew(renewed, album.guest_code) == renewed
    assert services.guest_links.end(album, album.guest_code) == renewed
    assert services.albums.get(album.album_id) == renewed


def test_a_link_is_replaced_although_the_album_was_changed(services: Services) -> None:
    album = open_link(services)
    services.guest_links.change(album, album.version, guest_limit=3)
    renewed = services.guest_links.renew(album, album.guest_code)
    assert renewed.guest_code not in {"", album.guest_code}
    assert renewed.guest_limit == 3


def test_settings_that_are_sent_again_change_nothing(services: Services) -> None:
    album = open_link(services, guest_limit=3)
    assert services.guest_links.change(album, album.version, guest_limit=3) == album


def test_an_edit_of_the_album_keeps_its_link(services: Services) -> None:
    album = open_link(services)
    edited = services.albums.update(album, album.version, AlbumText("Wedding", ""))
    assert services.guest_links.album_of(album.guest_code) == edited


def test_photos_of_guests_are_counted(services: Services, backend: Backend) -> None:
    """By guest and name, until they are deleted or leave the album. Other photos are not."""
    album = open_link(services)
    anna, ben = "a" * 32, "b" * 32
    membership = Membership(album.album_id, datetime.now(UTC), by_guest=True)
    photos = [
        make_photo(owner=anna, contributor_name="Anna: ~ 안나", albums=(membership,)),
        make_photo(owner=anna, contributor_name="", albums=(membership,)),
        make_photo(owner=ben, contributor_name="Ben", albums=(membership,)),
        make_photo(owner=ben, albums=(replace(membership, by_guest=None),)),
    ]
    publish_all(backend, photos)
    guests = services.guest_links.guests(album.album_id)
    assert [(guest.owner, guest.names, guest.photos) for guest in guests] == [
        (anna, ("Anna: ~ 안나",), 2),
        (ben, ("Ben",), 1),
    ]
    assert services.guest_links.guests(make_album(services).album_id) == []
    services.photos.delete(photos[0].photo_id)
    services.albums.remove(album.album_id, photos[2].photo_id)
    (guest,) = services.guest_links.guests(album.album_id)
    assert (guest.names, guest.photos) == ((), 1)


def test_no_name_is_left_of_a_guest_without_photos(services: Services, backend: Backend) -> None:
    """The counters have the names of people."""
    album = open_link(services)
    membership = Membership(album.album_id, datetime.now(UTC), by_guest=True)
    photo = make_photo(contributor_name="Anna", albums=(membership,))
    publish_all(backend, [photo])
    services.photos.delete(photo.photo_id)
    assert not any("Anna" in each.counter for each in backend.catalog.usage_counters())


def test_a_guest_may_not_add_more_than_the_limit(services: Services, backend: Backend) -> None:
    """Whatever names the guest used, and in this album alone."""
    album, other = open_link(services), open_link(services)
    quotas = Quotas(backend.catalog, Quota(), Quota())
    membership = Membership(album.album_id, datetime.now(UTC), by_guest=True)
    owner = "a" * 32
    quotas.check_guest(album.album_id, owner, 1)
    photos = [
        make_photo(owner=owner, contributor_name=name, albums=(membership,))
        for name in ("", "Anna", "안나")
    ]
    publish_all(backend, photos)
    quotas.check_guest(album.album_id, owner, 4)
    quotas.check_guest(album.album_id, "b" * 32, 1)
    quotas.check_guest(other.album_id, owner, 1)
    for most in (1, 2, 3):
        with pytest.raises(QuotaReached):
            quotas.check_guest(album.album_id, owner, most)
