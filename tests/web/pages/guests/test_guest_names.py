"""The host sees who added how many photos, and each name leads to its photos."""

import re

import pytest

from tests.visitor import Visitor
from tests.web.pages.guests.conftest import MakeParty, Party, photo_of, send, send_json


def test_the_host_sees_who_added_how_much(make_party: MakeParty) -> None:
    """By name and number. A name is no markup."""
    party = make_party(guest_name="y")
    mina, other = party.guest(), party.guest()
    send(mina, party.link, photo_of(0), photo_of(1), contributor_name="Mina <b>")
    send_json(other, party.code, photo_of(2), contributor_name="")
    text = "".join(party.host.get(f"/albums/{party.album_id}/guests").text.split())
    assert "<bdi>Mina&lt;b&gt;</bdi></a></td><td>2</td>" in text
    assert "<td>Withoutaname</td><td>1</td>" in text


def test_the_photos_of_one_name_have_a_page(make_party: MakeParty) -> None:
    """The name in the list of guests leads to it, and the page leads to the next one."""
    party = make_party(guest_name="y")
    for name in ("Mina & co", "Ben"):
        send(party.guest(), party.link, photo_of(0), contributor_name=name)
    path = f"/albums/{party.album_id}?by=Mina+%26+co"
    assert f'href="{path}"' in party.host.get(f"/albums/{party.album_id}/guests").text
    answer = party.host.get(path)
    mine, other = sorted(
        party.shown(), key=lambda it: party.services.photos.get(it).contributor_name, reverse=True
    )
    assert "Photos added by Mina &amp; co" in answer.text
    assert mine in answer.text
    assert other not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    as_json = party.host.get(path, headers={"Accept": "application/json"}).json
    assert as_json
    assert [photo["photo_id"] for photo in as_json["photos"]] == [mine]
    assert (as_json["count"], as_json["next"]) == (None, None)


def test_the_name_of_a_guest_whose_photos_wait_leads_to_the_review(make_party: MakeParty) -> None:
    """The page does not say that there is nothing else. Strangers do not learn what waits."""
    party = make_party(guest_name="y", guest_review="y")
    send(party.guest(), party.link, photo_of(0), contributor_name="Mina")
    path = f"/albums/{party.album_id}?by=Mina"
    assert f'href="{path}"' in party.host.get(f"/albums/{party.album_id}/guests").text
    page = party.host.get(path).text
    assert "That’s everything." not in page
    assert f'href="/albums/{party.album_id}/review"' in page
    assert "1 photo waits for review" in page
    assert "review" not in Visitor(party.host.app).get(path).text


def test_the_name_on_the_page_of_a_photo_leads_to_the_others_of_the_guest(
    make_party: MakeParty,
) -> None:
    """In the album, for everyone who may open it. Elsewhere the page has no link to the album."""
    party = make_party(guest_name="y")
    guest = party.guest()
    send(guest, party.link, photo_of(0), contributor_name="Mina & co")
    (photo,) = party.shown()
    by_name = f'href="/albums/{party.album_id}?by=Mina+%26+co"'
    for visitor in (party.host, guest, Visitor(party.host.app)):
        page = visitor.get(f"/photos/{photo}?in=album:{party.album_id}").text
        assert re.search(
            rf"<a [^>]*{re.escape(by_name)}>Added by <bdi>Mina &amp; co</bdi></a>", page
        )
    assert party.album_id not in guest.get(f"/photos/{photo}?in=uploads").text


@pytest.mark.parametrize(("name", "status"), [("x" * 61, 422), ("Otto", 200), ("%00", 200)])
def test_other_names_have_no_photos(party: Party, name: str, status: int) -> None:
    assert party.host.get(f"/albums/{party.album_id}?by={name}").status_code == status
