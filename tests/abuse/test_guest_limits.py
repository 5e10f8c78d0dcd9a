"""Guests behind one address do not use up each other's limits, and many identities gain nothing."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from limits import parse_many

from app import create_app
from app.config import Config
from app.domain.albums.album import Album
from app.domain.albums.album_text import AlbumText
from app.domain.albums.guests import GuestAccess
from app.services.factory import Services
from app.web.context import app_context
from app.web.middleware import rate_limits
from app.web.middleware.rate_limits import RateLimitExceeded, client_key, uploader_key
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor

HOUR = 3600
COOKIES = ("guest", "contributor")
MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(config: Config, services: Services) -> MakeApp:
    """Return a function that makes the site with other settings."""

    def make(**settings: str) -> Flask:
        limited = replace(config, **settings)  # type: ignore[arg-type]  # all of them are strings
        return create_app(limited, services)

    return make


@pytest.fixture
def party(services: Services) -> Album:
    """An album with a guest link."""
    album = services.albums.create("0" * 32, AlbumText("Party", ""))
    return services.guest_links.change(album, 1, guest_access=GuestAccess.ADD)


def join(app: Flask, party: Album) -> Visitor:
    """Return the browser of a new guest."""
    guest = Visitor(app)
    assert guest.submit(f"/join/{party.guest_code}").status_code == 303
    return guest


def send(guest: Visitor, party: Album) -> int:
    """Send a photo, and return the status code."""
    fields = {"photo": [(BytesIO(jpeg(80, 60)), "a.jpg")]}
    return guest.post(f"/upload?guest={party.guest_code}", fields, JSON).status_code


def test_each_guest_of_one_address_has_a_limit(make_app: MakeApp, party: Album) -> None:
    """It is not that of the address, and uploads to the gallery are counted apart."""
    app = make_app(guest_rate_limit="2 per minute", upload_rate_limit="1 per minute")
    guests = [join(app, party) for _ in range(3)]
    statuses = [[send(guest, party) for _ in range(3)] for guest in guests]
    assert statuses == [[201, 201, 429]] * 3
    assert [guests[0].upload_json(jpeg(80, 60)).status_code for _ in range(2)] == [201, 429]


def test_all_guests_of_an_album_have_a_limit(make_app: MakeApp, party: Album) -> None:
    """A guest who becomes another one for each photo does not evade it."""
    app = make_app(album_rate_limit="3 per minute")
    assert [send(join(app, party), party) for _ in range(5)] == [201, 201, 201, 429, 429]


def test_many_albums_do_not_evade_the_limit_of_an_address(
    make_app: MakeApp, party: Album, services: Services
) -> None:
    """On an open site everyone can make albums with guest links."""
    other = services.albums.create("0" * 32, AlbumText("Other", ""))
    other = services.guest_links.change(other, 1, guest_access=GuestAccess.ADD)
    app = make_app(album_rate_limit="3 per minute")
    albums = (party, party, other, other)
    assert [send(join(app, album), album) for album in albums] == [201, 201, 201, 429]


def test_a_guest_without_the_cookie_of_a_contributor_has_a_limit(
    make_app: MakeApp, party: Album
) -> None:
    """A script may send the cookie of the guest link alone."""
    app = make_app(guest_rate_limit="2 per minute")
    statuses = []
    for _ in range(3):
        guest = join(app, party)
        guest.client.delete_cookie(guest.cookie_name("contributor"))
        statuses.append(send(guest, party))
    assert statuses == [201, 201, 429]


def test_questions_about_files_have_the_limits_too(make_app: MakeApp, party: Album) -> None:
    app = make_app(guest_rate_limit="5 per minute", album_rate_limit="8 per minute")
    path = f"/upload/duplicates?guest={party.guest_code}"
    body = {"sha256": [f"{number:064x}" for number in range(4)]}
    guests = [join(app, party) for _ in range(3)]
    asked = [
        guest.client.post(path, json=body, headers=JSON).status_code
        for guest in (guests[0], guests[0], guests[1], guests[2])
    ]
    assert asked == [200, 429, 200, 429]


def test_decoding_counts_for_the_album(make_app: MakeApp, party: Album) -> None:
    """Neither the address nor another album pays for it."""
    app = make_app(album_decode_rate_limit="10 per hour")
    guest, other = join(app, party), join(app, party)
    limits = app.extensions["shoebox"].rate_limits
    for browser in (guest, other):
        cookie = {"Cookie": f"{browser.cookie_name('guest')}={browser.cookie('guest')}"}
        with app.test_request_context(f"/upload?guest={party.guest_code}", headers=cookie):
            limits.count_decoding(6)
    with app.test_request_context(f"/upload?guest={party.guest_code}", headers=cookie):
        assert app_context().rate_limits is limits
        with pytest.raises(RateLimitExceeded):
            limits.check_decoding()
    with app.test_request_context("/upload"):
        limits.check_decoding()
    assert send(guest, party) == 429


def test_guests_are_counted_apart_while_their_forms_are_received(
    make_app: MakeApp, party: Album
) -> None:
    """A process serves four forms of one address at once, but of one guest here."""
    app = make_app()
    keys = set()
    for _ in range(2):
        guest = join(app, party)
        cookies = (f"{guest.cookie_name(name)}={guest.cookie(name)}" for name in COOKIES)
        headers = {"Cookie": "; ".join(cookies)}
        path = f"/upload?guest={party.guest_code}"
        with app.test_request_context(path, headers=headers):
            keys.add(uploader_key())
        with app.test_request_context("/upload?guest=" + "a" * 16, headers=headers):
            assert uploader_key() == client_key()
    assert len(keys) == 2


def test_many_guests_of_one_address_join(
    make_app: MakeApp, party: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is loose, but there is one."""
    monkeypatch.setattr(rate_limits, "_JOININGS", parse_many("3 per minute"))
    app = make_app()
    for _ in range(3):
        join(app, party)
    assert Visitor(app).submit(f"/join/{party.guest_code}").status_code == 429


def test_the_defaults_let_a_party_add_its_photos() -> None:
    """150 guests behind one address add 3 000 photos in an hour, each a second of decoding."""
    config = Config()
    for setting in (config.album_rate_limit, config.album_decode_rate_limit):
        for limit in parse_many(setting):
            assert limit.amount * HOUR >= 3000 * limit.get_expiry()
    joinings = [limit.amount for limit in rate_limits._JOININGS]
    assert min(joinings) >= 150
