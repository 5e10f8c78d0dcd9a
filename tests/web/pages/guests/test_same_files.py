"""A file of a guest reaches the album, also if the site has a photo of it, on both backends."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from tests.visitor import JSON, Visitor
from tests.web.pages.guests.conftest import MakeParty, Party, photo_of, send, send_json

BODY = photo_of(0)
HASH = sha256(BODY).hexdigest()


def duplicates(visitor: Visitor, code: str) -> dict[str, Any]:
    """Return what scripts of the form learn about the file before they send it."""
    answer = visitor.client.post(
        f"/upload/duplicates?guest={code}", json={"sha256": [HASH]}, headers=JSON
    )
    assert answer.status_code == 200
    assert answer.json
    found: dict[str, Any] = answer.json["duplicates"]
    return found


def of_a_stranger(make_party: MakeParty, guest: Visitor) -> None:
    Visitor(guest.app).upload(BODY)


def in_the_album_of_another_party(make_party: MakeParty, guest: Visitor) -> None:
    other = make_party()
    guest.submit(other.link)
    send_json(guest, other.code, BODY)


def in_the_gallery(make_party: MakeParty, guest: Visitor) -> None:
    guest.upload(BODY)


EARLIER = [of_a_stranger, in_the_album_of_another_party, in_the_gallery]


@pytest.mark.parametrize("add_earlier", EARLIER)
@pytest.mark.parametrize("is_script", [True, False])
def test_a_file_that_is_elsewhere_is_added_once(
    make_party: MakeParty, add_earlier: Callable[..., None], is_script: bool
) -> None:
    """Sent again, it is here already: in the album, and not elsewhere."""
    party = make_party()
    guest = party.guest()
    add_earlier(make_party, guest)
    assert duplicates(guest, party.code) == {}
    if is_script:
        first = send_json(guest, party.code, BODY)
        assert first.status_code == 201
        assert first.json
        assert first.json["photos"][0]["duplicate_of"] is None
    else:
        assert send(guest, party.link, BODY).location == f"{party.link}/thanks"
    (photo_id,) = party.shown()
    again = send_json(guest, party.code, BODY)
    assert again.status_code == 200
    assert again.json
    assert [file["photo_id"] for file in again.json["skipped"]] == [photo_id]
    assert duplicates(guest, party.code)[HASH]["photo_id"] == photo_id
    assert party.shown() == [photo_id]


def test_a_file_that_is_in_the_gallery_waits_for_review(make_party: MakeParty) -> None:
    """Its photo in the gallery stays there."""
    party = make_party(guest_review="y", visibility="public")
    guest = party.guest()
    guest.upload(BODY)
    (shown,) = party.services.photos.page("public", 9).summaries
    assert send_json(guest, party.code, BODY).status_code == 201
    assert party.services.photos.page("public", 9).summaries == (shown,)
    assert len(party.services.reviews.pending(party.album_id, 9).photos) == 1
    assert party.shown() == []
    assert send_json(guest, party.code, BODY).status_code == 200


@pytest.mark.parametrize("settings", [{}, {"guest_review": "y", "visibility": "public"}])
def test_the_private_photo_of_another_guest_is_not_named(
    make_party: MakeParty, settings: dict[str, str]
) -> None:
    """Neither one that is unlisted nor one that waits, although it is in the same album."""
    party = make_party(guest_access="see", **settings)
    (earlier,) = sent_ids(party, party.guest())
    guest = party.guest()
    assert duplicates(guest, party.code) == {}
    assert earlier not in send_json(guest, party.code, BODY).text
    assert len(sent_ids(party, party.guest())) == 1


def sent_ids(party: Party, guest: Visitor) -> list[str]:
    """Send the file as a guest, and return the ids of the photos that it makes."""
    answer = send_json(guest, party.code, BODY)
    assert answer.json
    return [photo["photo_id"] for photo in answer.json["photos"]]


def test_a_public_photo_of_the_album_is_named(make_party: MakeParty) -> None:
    party = make_party(visibility="public")
    (photo_id,) = sent_ids(party, party.guest())
    guest = party.guest()
    assert duplicates(guest, party.code)[HASH]["photo_id"] == photo_id
    assert sent_ids(party, guest) == []
    assert party.shown() == [photo_id]


def test_a_file_that_is_elsewhere_counts_for_the_limit(make_party: MakeParty) -> None:
    party = make_party(guest_limit="1")
    guest = party.guest()
    send_json(guest, party.code, photo_of(1))
    guest.upload(BODY)
    assert send_json(guest, party.code, BODY).status_code == 403
