"""Guests open the link of an album and add photos, on both backends.

Covers app.web.pages.guests.forms, app.web.auth.guest_access, app.web.auth.guest_cookie.
"""

import re

import pytest

from app.config import Config
from app.services.factory import Services
from tests.visitor import JSON, Visitor
from tests.web.pages.guests.conftest import (
    MakeParty,
    Party,
    photo_of,
    send,
    send_json,
    with_password,
)


def test_a_guest_adds_photos_without_an_account(party: Party) -> None:
    """The photos are in the album and the guest's own, and the next page thanks."""
    guest = party.guest()
    answer = send(guest, party.link, photo_of(0), photo_of(1))
    assert (answer.status_code, answer.location) == (303, f"{party.link}/thanks")
    photo_ids = party.shown()
    assert len(photo_ids) == 2
    page = guest.get(answer.location).text
    assert "Thank you" in page
    for photo_id in photo_ids:
        assert f"/photos/{photo_id}" in page
        assert guest.get(f"/photos/{photo_id}/edit").status_code == 200


@pytest.mark.parametrize("is_reviewed", [False, True])
def test_a_guest_who_deletes_a_photo_sees_the_others(
    make_party: MakeParty, *, is_reviewed: bool
) -> None:
    """The gallery, which has no photos of the party, means nothing to a guest."""
    party = make_party(guest_review=is_reviewed)
    guest = party.guest()
    send(guest, party.link, photo_of(0), photo_of(1))
    thanks = guest.get(f"{party.link}/thanks").text
    first, other = dict.fromkeys(re.findall(r"/photos/([0-9A-Z]{26})\?", thanks))
    assert "the gallery" not in guest.get(f"/photos/{first}/delete").text
    answer = guest.submit(f"/photos/{first}/delete")
    assert (answer.status_code, answer.location) == (303, "/uploads")
    own = guest.get(answer.location).text
    assert f"/photos/{other}" in own
    assert f"/photos/{first}?" not in own


def test_scripts_of_the_form_send_each_photo(party: Party) -> None:
    """The answer names the next page."""
    guest = party.guest()
    guest.get(f"{party.link}/upload")
    answer = send_json(guest, party.code, photo_of(0))
    assert answer.status_code == 201
    assert answer.json
    assert answer.json["batch"]["path"] == f"{party.link}/thanks"
    asked = guest.client.post(
        f"/upload/duplicates?guest={party.code}", json={"sha256": []}, headers=JSON
    )
    assert asked.status_code == 200
    assert len(party.shown()) == 1


def test_a_guest_who_sees_the_album_goes_to_it(make_party: MakeParty) -> None:
    party = make_party(guest_access="see")
    guest = party.guest()
    album = f"/albums/{party.album_id}"
    assert f'href="{album}"' in guest.get(party.link).text
    assert send(guest, party.link, photo_of(0)).location == album


def test_a_drop_box_never_names_its_album(party: Party) -> None:
    """No page, no answer and no cookie that a guest gets has the address of the album."""
    guest = party.guest()
    sent = send(guest, party.link, photo_of(0))
    answer = send_json(guest, party.code, photo_of(1))
    photo_id = party.shown()[0]
    paths = (party.link, f"{party.link}/upload", f"{party.link}/thanks", "/uploads")
    own = (f"/photos/{photo_id}", f"/photos/{photo_id}/edit", f"/photos/{photo_id}/albums")
    texts = [guest.get(path).text for path in (*paths, *own, f"{party.link}/qr.svg")]
    refused = send(guest, party.link, b"no photo").text
    as_json = [guest.get(path, headers=JSON).text for path in ("/uploads", own[0])]
    for text in (*texts, *as_json, sent.text, str(sent.headers), answer.text, refused):
        assert party.album_id not in text
    assert all(party.album_id not in cookie.value for cookie in guest.client._cookies.values())


def test_guests_add_to_a_site_with_a_password(
    party: Party, config: Config, services: Services
) -> None:
    """They add to this album alone, and change their own photos, also after the link."""
    guest = Visitor(with_password(config, services))
    guest.submit(party.link)
    assert send(guest, party.link, photo_of(0)).status_code == 303
    (photo_id,) = party.shown()
    assert guest.get("/upload").status_code == 303
    assert guest.upload_json(photo_of(1)).status_code == 403
    assert guest.upload_json(photo_of(1), album=party.album_id).status_code == 403
    assert guest.get("/albums/new").status_code == 303
    assert guest.get("/upload/permission").status_code == 403
    assert guest.get(f"/upload/permission?guest={party.code}").status_code == 204
    party.host.submit(f"/albums/{party.album_id}/guests/end")
    assert send_json(guest, party.code or "a" * 16, photo_of(1)).status_code in {403, 404}
    assert guest.get("/uploads").status_code == 200
    edited = guest.submit(f"/photos/{photo_id}/edit", title="The cake")
    assert edited.status_code == 303
    assert services.photos.get(photo_id).title == "The cake"
    assert guest.submit(f"/photos/{photo_id}/delete").status_code == 303
    assert party.shown() == []


def test_a_stranger_adds_nothing_to_a_site_with_a_password(
    party: Party, config: Config, services: Services
) -> None:
    """Nor does the link permit anything before it is opened."""
    stranger = Visitor(with_password(config, services))
    assert stranger.get("/upload/permission").status_code == 403
    assert stranger.get("/uploads").status_code == 303
    assert send_json(stranger, party.code, photo_of(0)).status_code == 403
    opened = stranger.get(f"{party.link}/upload")
    assert (opened.status_code, opened.location) == (303, party.link)


def test_a_guest_is_asked_for_a_name(make_party: MakeParty) -> None:
    """It is shown with the photos, and the browser remembers it."""
    party = make_party(guest_name="y")
    guest = party.guest(contributor_name="Mina")
    assert 'value="Mina"' in guest.get(f"{party.link}/upload").text
    send(guest, party.link, photo_of(0), contributor_name="Mina")
    (photo_id,) = party.shown()
    assert party.services.photos.get(photo_id).contributor_name == "Mina"


def test_a_name_is_bounded(make_party: MakeParty) -> None:
    """The form keeps the typed text, and the browser is no guest yet."""
    party = make_party(guest_name="y")
    guest = Visitor(party.host.app)
    answer = guest.submit(party.link, contributor_name="x" * 61)
    assert answer.status_code == 422
    assert "x" * 61 in answer.text
    assert guest.get(f"{party.link}/upload").status_code == 303


def test_no_name_is_added_that_the_form_does_not_show(party: Party) -> None:
    """The browser may remember the name of an earlier upload."""
    guest = party.guest()
    guest.upload(photo_of(1), contributor_name="Mina")
    assert "contributor_name" not in guest.get(f"{party.link}/upload").text
    send_json(guest, party.code, photo_of(0))
    (photo_id,) = party.shown()
    assert party.services.photos.get(photo_id).contributor_name == ""
    assert 'value="Mina"' in guest.get("/upload").text


def test_a_guest_adds_no_more_than_the_limit(make_party: MakeParty) -> None:
    """The other guests still add photos, and so does this one after a deletion."""
    party = make_party(guest_limit="2")
    guest = party.guest()
    answer = send(guest, party.link, *map(photo_of, range(3)))
    assert answer.status_code == 403
    assert "the most that the host allows each guest" in answer.text
    assert len(party.shown()) == 2
    refused = send_json(guest, party.code, photo_of(3))
    assert refused.status_code == 403
    assert send_json(party.guest(), party.code, photo_of(4)).status_code == 201
    guest.submit(f"/photos/{party.shown()[0]}/delete")
    assert send_json(guest, party.code, photo_of(5)).status_code == 201


def test_a_form_that_is_sent_again_makes_one_photo(make_party: MakeParty) -> None:
    """Also when the guest has reached the limit."""
    party = make_party(guest_limit="1")
    guest = party.guest()
    form, body = guest.fields(f"{party.link}/upload"), photo_of(0)
    for _ in range(2):
        assert send_json(guest, party.code, body, **form).status_code == 201
    assert len(party.shown()) == 1


def test_previews_of_the_link_show_the_title_alone(party: Party) -> None:
    """No photo, no description, and no search engine keeps it."""
    send(party.guest(), party.link, photo_of(0))
    answer = party.host.get(party.link)
    assert '<meta property="og:title" content="Anna &amp; Ben">' in answer.text
    assert "og:image" not in answer.text
    assert "og:description" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text


def test_an_error_in_the_form_keeps_what_the_guest_typed(party: Party) -> None:
    guest = party.guest()
    answer = send(guest, party.link, photo_of(0), title="x" * 201)
    assert answer.status_code == 422
    assert "x" * 201 in answer.text
    assert f'action="/upload?guest={party.code}"' in answer.text
    assert party.shown() == []


def test_the_address_of_a_form_with_an_error_leads_to_the_form_for_guests(party: Party) -> None:
    """A browser that opens it again would show the form for the gallery otherwise."""
    guest = party.guest()
    for code in (party.code, "x" * 400):
        answer = guest.get(f"/upload?guest={code}")
        assert (answer.status_code, answer.location) == (303, f"/join/{code}/upload")
    assert guest.get(f"/join/{'x' * 400}/upload").status_code == 404
