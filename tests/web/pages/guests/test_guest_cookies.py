"""A guest is known by a signed cookie, which is valid for the links that were opened."""

from datetime import UTC, datetime, timedelta

import pytest

from app.web.auth.guest_cookie import MAX_CODES
from tests.visitor import Visitor
from tests.web.pages.guests.conftest import MakeParty, Party, photo_of, send, send_json


def test_a_guest_of_one_album_adds_nothing_to_another(make_party: MakeParty) -> None:
    party, other = make_party(), make_party()
    guest = party.guest()
    assert send_json(guest, other.code, photo_of(0)).status_code == 403
    answer = send_json(guest, party.code, photo_of(0), album=other.album_id)
    assert answer.status_code == 201
    assert other.shown() == []
    assert len(party.shown()) == 1


@pytest.mark.parametrize("cookie", ["", "x", "WyJhIl0.x", "a" * 3900, "é"])
def test_a_forged_cookie_permits_nothing(party: Party, cookie: str) -> None:
    stranger = Visitor(party.host.app)
    stranger.set_cookie("guest", cookie)
    assert send_json(stranger, party.code, photo_of(0)).status_code == 403
    assert stranger.get(f"{party.link}/upload").status_code == 303


def test_a_cookie_of_another_kind_permits_nothing(party: Party) -> None:
    """All of them are signed with the same key."""
    stranger = Visitor(party.host.app)
    stranger.get("/upload")
    stranger.set_cookie("guest", stranger.cookie("contributor"))
    assert send_json(stranger, party.code, photo_of(0)).status_code == 403


def test_a_browser_remembers_some_links(make_party: MakeParty) -> None:
    """The last ones, each once, in a cookie that scripts and other sites do not get."""
    parties = [make_party() for _ in range(3)]
    guest = Visitor(parties[0].host.app)
    for party in (*parties, *parties):
        guest.submit(party.link)
    for party in parties:
        assert guest.get(f"{party.link}/upload").status_code == 200
    cookie = guest.client.get_cookie(guest.cookie_name("guest"))
    assert cookie
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert len(cookie.value) < 40 * MAX_CODES


@pytest.mark.parametrize("code", ["a" * 16, "A" * 16, "a", "a" * 300, "%00", "é", "a" * 15 + "1"])
def test_a_wrong_code_is_a_page_in_plain_words(party: Party, code: str) -> None:
    for path in (f"/join/{code}", f"/join/{code}/upload", f"/join/{code}/thanks"):
        answer = party.host.get(path)
        assert answer.status_code == 404
        assert "Ask the host for a new one." in answer.text
    assert party.host.get(f"/join/{code}/qr.svg").status_code == 404


def test_a_replaced_link_ends_for_guests_who_opened_it(party: Party) -> None:
    """They open the new one, and keep their photos."""
    guest = party.guest()
    earlier = party.link
    send(guest, earlier, photo_of(0))
    form = guest.fields(f"{earlier}/upload")
    party.host.submit(f"/albums/{party.album_id}/guests/renew")
    assert party.link != earlier
    assert guest.get(earlier).status_code == 404
    late = guest.post(f"/upload?guest={earlier.rpartition('/')[2]}", form)
    assert late.status_code == 404
    assert "Ask the host for a new one." in late.text
    assert guest.get("/uploads").status_code == 200
    assert len(party.shown()) == 1


def test_a_link_ends_at_its_time(party: Party) -> None:
    """Also for a form that was opened before."""
    guest = party.guest()
    form = guest.fields(f"{party.link}/upload")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    party.change(until_date=f"{yesterday:%Y-%m-%d}", until_time="12:00")
    for answer in (guest.get(party.link), guest.post(f"/upload?guest={party.code}", form)):
        assert answer.status_code == 410
        assert "This link has ended. Ask the host for a new one." in answer.text
    party.change(until_date="", until_time="")
    assert guest.get(f"{party.link}/upload").status_code == 200
