"""Guests read who invites them, on the page of the link and on its card, and nowhere else."""

import pytest
from flask import Flask

from tests.visitor import Visitor
from tests.web.pages.guests.conftest import MakeParty, Party


def test_guests_read_who_invites_them(party: Party) -> None:
    """On the page of the link and on the card, as plain text. A host need not say it."""
    pages = {"join": party.link, "card": f"/albums/{party.album_id}/guests/card"}
    guest = Visitor(party.host.app)
    assert "Invited by" not in guest.get(party.link).text
    name = "Anna & Ben <b>"
    assert party.change(guest_host=f" {name} ").status_code == 303
    assert party.album.guest_host == name
    for path in pages.values():
        assert "Anna &amp; Ben &lt;b&gt;" in party.host.get(path).text
    assert "Invited by" in guest.get(party.link).text
    assert "Anna &amp; Ben" in party.host.get(f"/albums/{party.album_id}/guests").text
    party.change(guest_host="")
    assert party.album.guest_host == ""


@pytest.mark.parametrize("length", [60, 61, 5000])
def test_the_name_of_the_host_is_short(party: Party, length: int) -> None:
    """It is counted after spaces at its ends are gone."""
    answer = party.change(guest_host=f" {'가' * length} ")
    assert answer.status_code == (303 if length == 60 else 422)
    if length > 60:
        assert 'id="guest_host"' in answer.text
        assert "too long" in answer.text
        assert party.album.guest_host == ""


def test_the_album_does_not_name_its_guest_link(make_party: MakeParty, app: Flask) -> None:
    """Neither its page, nor its JSON, nor its feed: who sees the album is not invited by that."""
    party = make_party(visibility="public", guest_access="see")
    stranger = Visitor(app)
    for path in (f"/albums/{party.album_id}", "/albums", f"/albums/{party.album_id}/feed.xml"):
        for accept in ("text/html", "application/json"):
            assert party.code not in stranger.get(path, headers={"Accept": accept}).text


def test_the_card_has_the_link(party: Party) -> None:
    """With the title, the address as text and its code, whatever language the host reads."""
    for language in ("en", "ko"):
        text = party.host.get(f"/albums/{party.album_id}/guests/card?lang={language}").text
        assert f"http://localhost{party.link}" in text
        assert f'src="{party.link}/qr.svg"' in text
        assert "Anna &amp; Ben" in text
        assert f'<p lang="{language}"><strong>' in text
    code = party.host.get(f"{party.link}/qr.svg")
    assert code.mimetype == "image/svg+xml"
