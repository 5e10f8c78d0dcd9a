"""A guest link gives a contributor whose session is over no other rights, on both backends."""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from tests.visitor import Visitor
from tests.web.pages.guests.conftest import MakeParty, photo_of, send_json

UPLOAD_PASSWORD = "a long password"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, upload_password=UPLOAD_PASSWORD)


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    return create_app(config, services)


def contributor(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.submit("/login", password=UPLOAD_PASSWORD)
    return visitor


def lapse(visitor: Visitor, link: str) -> None:
    """End the session of a visitor, who opens a guest link then."""
    visitor.client.delete_cookie(visitor.cookie_name("session"))
    assert visitor.submit(link).status_code == 303


@pytest.mark.parametrize(("verb", "undo"), [("hide", "unhide"), ("delete", "restore")])
@pytest.mark.parametrize("is_bulk", [False, True])
def test_a_guest_publishes_no_photo_of_an_earlier_login(
    make_party: MakeParty, app: Flask, services: Services, verb: str, undo: str, is_bulk: bool
) -> None:
    """Neither alone nor with others; the password permits it again."""
    former, party = contributor(app), make_party(contributor(app))
    photo_id = former.add()
    former.post(f"/photos/{photo_id}/{verb}", former.fields("/upload"))
    state = services.photos.get_any_state(photo_id).state
    lapse(former, party.link)
    fields = former.fields(f"{party.link}/upload") | {"photo": photo_id}
    selected = {"unhide": "publish?in=uploads", "restore": "restore?in=deleted"}[undo]
    path = f"/photos/select/{selected}" if is_bulk else f"/photos/{photo_id}/{undo}"
    former.post(path, fields)
    assert services.photos.get_any_state(photo_id).state is state
    former.submit("/login", password=UPLOAD_PASSWORD)
    former.post(path, former.fields("/upload") | {"photo": photo_id})
    assert services.photos.get_any_state(photo_id).state is PhotoState.PUBLIC


def test_a_guest_reviews_nothing_in_the_album_of_an_earlier_login(
    make_party: MakeParty, app: Flask, services: Services
) -> None:
    host, other = contributor(app), make_party(contributor(app))
    party = make_party(host, guest_review="y")
    send_json(party.guest(), party.code, photo_of(0))
    (photo,) = services.reviews.pending(party.album_id, 9).photos
    path = f"/photos/{photo.photo_id}"
    assert host.get(path).status_code == 200
    lapse(host, other.link)
    assert host.get(path).status_code == 404
    for verb in ("approve", "refuse"):
        answer = host.post(f"{path}/{verb}", host.fields(f"{other.link}/upload"))
        assert answer.status_code == 404
    assert services.photos.get_any_state(photo.photo_id).state is PhotoState.PENDING


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
@pytest.mark.parametrize(("verb", "undo"), [("hide", "unhide"), ("delete", "restore")])
def test_a_guest_undoes_what_they_did_to_their_own_photo(
    make_party: MakeParty, app: Flask, visibility: str, verb: str, undo: str
) -> None:
    """Also if that shows it in the gallery, where the link has put it."""
    party = make_party(contributor(app), visibility=visibility)
    guest = party.guest()
    send_json(guest, party.code, photo_of(0))
    (photo_id,) = party.shown()
    fields = guest.fields(f"{party.link}/upload")
    for each in (verb, undo):
        assert guest.post(f"/photos/{photo_id}/{each}", fields).status_code == 303
        assert party.shown() == ([] if each == verb else [photo_id])


def test_a_guest_who_deletes_a_photo_is_not_asked_for_the_password(
    make_party: MakeParty, app: Flask
) -> None:
    """The next page is that of the own uploads."""
    party = make_party(contributor(app))
    guest = party.guest()
    send_json(guest, party.code, photo_of(0))
    (photo_id,) = party.shown()
    assert guest.submit(f"/photos/{photo_id}/delete").location == "/uploads"
