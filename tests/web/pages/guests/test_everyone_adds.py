"""An album to which everyone may add photos keeps its review and the limit of its guests.

Every way to add a photo to an album is tried by every kind of visitor.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from io import BytesIO
from itertools import count

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.config import Config
from app.domain.photo_summary import PhotoState, Role
from app.domain.usage import guest_counters
from tests.sample_images import jpeg
from tests.visitor import JSON, Visitor
from tests.web.pages.guests.conftest import MakeParty, Party, photo_of, send, send_json

LIMIT = 2
HTML = {"X-Requested-With": "test"}
Way = Callable[[Visitor, Party, bytes], TestResponse]


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password="let me rule", upload_rate_limit="1000 per minute")


def form_of(body: bytes, **fields: str) -> dict[str, object]:
    return {"photo": [(BytesIO(body), "a.jpg")], "contributor_name": "Mina"} | fields


def by_field(visitor: Visitor, party: Party, body: bytes) -> TestResponse:
    return visitor.post("/upload", form_of(body, album=party.album_id), HTML)


def by_query(visitor: Visitor, party: Party, body: bytes) -> TestResponse:
    return visitor.post(f"/upload?album={party.album_id}", form_of(body), JSON)


def again(visitor: Visitor, party: Party, body: bytes) -> TestResponse:
    """Upload the file to the gallery first, and then the same file into the album."""
    visitor.post("/upload", form_of(body), JSON)
    return by_query(visitor, party, body)


def from_gallery(visitor: Visitor, party: Party, body: bytes) -> TestResponse:
    """Upload the file to the gallery first, and then choose the album for the photo."""
    photo = visitor.post("/upload", form_of(body), JSON).json["photos"][0]
    chosen = {"photo": photo["photo_id"], "album": party.album_id}
    return visitor.post("/uploads/albums/add", chosen, HTML)


WAYS: list[Way] = [by_field, by_query, again, from_gallery]


def open_to_everyone(make_party: MakeParty, visibility: str = "unlisted", **settings: str) -> Party:
    """Make an album with a guest link to which everyone may add photos."""
    party = make_party(visibility=visibility, **settings)
    form = {"title": "Anna & Ben", "visibility": visibility, "order": "taken"}
    path = f"/albums/{party.album_id}/edit"
    assert party.host.submit(path, contributors="everyone", **form).status_code == 303
    return party


def make_closed(make_party: MakeParty, **settings: str) -> Party:
    """Make an album with a guest link to which otherwise the host alone may add photos."""
    return make_party(**settings)


def kept(party: Party) -> int:
    """Return the number of photos of guests in the album."""
    found = party.services.backend.catalog.usage(guest_counters(party.album_id), 10)
    return sum(counter.photos for counter in found)


def test_a_guest_adds_no_photo_beyond_the_limit_in_any_way(make_party: MakeParty) -> None:
    """What the guest adds in another way than by the guest link counts, too."""
    party = open_to_everyone(make_party, guest_limit=str(LIMIT), guest_access="see")
    guest, numbers = party.guest(), count()
    assert by_query(guest, party, photo_of(next(numbers))).status_code == 201
    assert send_json(guest, party.code, photo_of(next(numbers))).status_code == 201
    for way in WAYS:
        assert way(guest, party, photo_of(next(numbers))).status_code == 403
    assert send_json(guest, party.code, photo_of(next(numbers))).status_code == 403
    assert len(party.shown()) == kept(party) == LIMIT


@pytest.mark.parametrize("visibility", ["unlisted", "public"])
@pytest.mark.parametrize("who", ["guest", "contributor", "script"])
def test_photos_of_others_wait_for_review_in_every_way(
    make_party: MakeParty, app: Flask, who: str, visibility: str
) -> None:
    """Also after the last day of the guest link. They are shown when the host approves them."""
    party = open_to_everyone(make_party, visibility, guest_review="y")
    visitor = party.guest() if who == "guest" else Visitor(app)
    if who == "script":
        role, album_id = Role.CONTRIBUTOR, party.album_id
        secret, _token = party.services.tokens.create("Booth", role, album_id, None)
        visitor.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    for number, until in enumerate(("", "2020-02-29")):
        assert party.change(guest_review="y", until_date=until).status_code == 303
        for other, way in enumerate(WAYS[:2] if who == "script" else WAYS):
            status = way(visitor, party, photo_of(10 * number + other)).status_code
            assert status in ({403} if way is from_gallery else {201, 303})
            assert party.shown() == []
    waiting = party.services.reviews.pending(party.album_id, 60).photos
    assert len(waiting) == (4 if who == "script" else 6)
    for photo in waiting:
        party.services.reviews.approve(photo.photo_id)
    assert len(party.shown()) == len(waiting)


@pytest.mark.parametrize("who", ["host", "admin"])
def test_photos_of_the_host_and_the_admin_are_shown_at_once(
    make_party: MakeParty, app: Flask, who: str
) -> None:
    """In every way, without a limit, also in a browser that has opened the guest link."""
    party = open_to_everyone(make_party, guest_review="y", guest_limit="1")
    visitor = party.host
    if who == "admin":
        visitor = Visitor(app)
        visitor.submit("/login", password="let me rule")
    visitor.submit(party.link)
    for number, way in enumerate(WAYS):
        assert way(visitor, party, photo_of(number)).status_code in {200, 201, 303}
    assert len(party.shown()) == len(WAYS)
    assert kept(party) == 0


def test_without_review_a_contributor_adds_photos_in_every_way(
    make_party: MakeParty, app: Flask
) -> None:
    """They are shown at once, and have no limit: only the guest link has one."""
    party = open_to_everyone(make_party, guest_limit="1")
    contributor = Visitor(app)
    for number, way in enumerate(WAYS):
        assert way(contributor, party, photo_of(number)).status_code in {200, 201, 303}
    assert len(party.shown()) == len(WAYS)
    assert kept(party) == 0


@pytest.mark.parametrize(("setting", "name"), [("", ""), ("y", "Mina")])
def test_a_guest_is_named_as_the_host_wants(make_party: MakeParty, setting: str, name: str) -> None:
    party = open_to_everyone(make_party, guest_name=setting)
    guest = party.guest()
    assert by_query(guest, party, photo_of(0)).status_code == 201
    (photo_id,) = party.shown()
    photo = party.services.photos.get(photo_id)
    assert photo.contributor_name == name
    assert photo.albums[0].by_guest


def test_the_form_of_the_album_is_that_of_its_visitor(make_party: MakeParty, app: Flask) -> None:
    """A guest gets the form of the guest link, and others read that the host looks first."""
    party = open_to_everyone(make_party, guest_review="y")
    path, note = f"/upload?album={party.album_id}", "The host looks at your photos"
    assert party.guest().get(path).location == f"{party.link}/upload"
    assert note in Visitor(app).get(path).text
    assert note not in party.host.get(path).text
    contributor = Visitor(app)
    photo_id = contributor.add(album=party.album_id)
    assert party.services.photos.get(photo_id).state is PhotoState.PENDING
    assert "Waiting for review" in contributor.get(f"/photos/{photo_id}").text


def test_an_album_is_offered_only_for_photos_that_can_be_added(
    make_party: MakeParty, app: Flask
) -> None:
    """The list of albums of a photo has no album that would refuse the photo."""
    offered = []
    for review in ("", "y"):
        party = open_to_everyone(make_party, "public", guest_review=review)
        for visitor in (party.guest(), Visitor(app), party.host):
            page = visitor.get(f"/photos/{visitor.add()}/albums").text
            offered.append(f'value="{party.album_id}"' in page)
    assert offered == [False, True, True, False, False, True]


def test_a_guest_whose_link_was_replaced_is_a_contributor(make_party: MakeParty) -> None:
    """The code in the cookie is no longer that of the album."""
    party = open_to_everyone(make_party, guest_limit="1")
    guest = party.guest()
    assert send(guest, party.link, jpeg(90, 70)).status_code == 303
    assert by_query(guest, party, photo_of(1)).status_code == 403
    party.services.guest_links.renew(party.album, party.code)
    assert by_query(guest, party, photo_of(1)).status_code == 201
    assert kept(party) == 1


@pytest.mark.parametrize("last_day", ["", "2020-02-29"])
@pytest.mark.parametrize("make", [make_closed, open_to_everyone])
def test_links_to_add_photos_open_a_form(
    make_party: MakeParty, make: Callable[..., Party], last_day: str
) -> None:
    """Guests and others see no link to a form that is closed to them."""
    party = make(make_party, guest_access="see")
    visitors = [party.guest(), Visitor(party.host.app), party.host]
    party.change(guest_access="see", until_date=last_day)
    for visitor in visitors:
        page = visitor.get(f"/albums/{party.album_id}").text
        links = re.findall(r'href="([^"]*)">Add photos<', page)
        assert [visitor.get(unescape(link)).status_code for link in links] == [200] * len(links)
        assert links or visitor is not party.host
