"""A guest never has more photos in an album than the host allows, on both backends.

Covers app.services.albums.guest_limits.
"""

import pytest

from app.domain.usage import guest_counters
from app.services.factory import Services
from tests.visitor import Visitor
from tests.web.pages.guests.conftest import MakeParty, Party, photo_of, send_json

LIMIT = 2


def own_ids(party: Party, guest: Visitor) -> list[str]:
    """Return the ids of the guest's photos that are not deleted."""
    photos = guest.get("/uploads", headers={"Accept": "application/json"}).get_json()["photos"]
    return [photo["photo_id"] for photo in photos]


def kept(party: Party) -> int:
    """Return the number of photos of guests in the album."""
    found = party.services.backend.catalog.usage(guest_counters(party.album_id), 10)
    return sum(counter.photos for counter in found)


def fill(party: Party, guest: Visitor, start: int) -> None:
    """Add as many photos as the guest may."""
    statuses = [
        send_json(guest, party.code, photo_of(start + number)).status_code
        for number in range(LIMIT + 1)
    ]
    assert statuses == [201, 201, 403]


def ways_to_restore(photo_ids: list[str]) -> list[tuple[str, dict[str, object]]]:
    """Return every form that restores photos for their owner."""
    single = [(f"/photos/{photo_id}/restore", {}) for photo_id in photo_ids]
    selected = ("/photos/select/restore?in=deleted", {"photo": photo_ids})
    return [*single, selected]


@pytest.mark.parametrize("review", ["", "y"])
def test_a_guest_restores_no_photo_beyond_the_limit(
    make_party: MakeParty, services: Services, review: str
) -> None:
    """Whichever form restores it. The photo can be restored when there is room again."""
    party = make_party(guest_limit=str(LIMIT), guest_review=review)
    guest = party.guest()
    fill(party, guest, 0)
    first = own_ids(party, guest)
    fields = guest.fields(f"{party.link}/upload")
    for photo_id in first:
        guest.post(f"/photos/{photo_id}/delete", fields)
    fill(party, guest, LIMIT + 1)
    for path, photos in ways_to_restore(first):
        answer = guest.post(path, fields | photos)
        assert answer.status_code == 403
        assert "the most that the host allows each guest" in answer.text
        assert kept(party) == LIMIT
    guest.post(f"/photos/{own_ids(party, guest)[0]}/delete", fields)
    assert guest.post(f"/photos/{first[0]}/restore", fields).status_code == 303
    assert kept(party) == LIMIT


def test_a_deletion_at_the_limit_can_be_undone(make_party: MakeParty) -> None:
    party = make_party(guest_limit=str(LIMIT))
    guest = party.guest()
    fill(party, guest, 0)
    photo_id = own_ids(party, guest)[0]
    fields = guest.fields(f"{party.link}/upload")
    for verb in ("delete", "restore"):
        assert guest.post(f"/photos/{photo_id}/{verb}", fields).status_code == 303
    assert kept(party) == LIMIT


def test_a_photo_that_its_guest_takes_out_of_the_album_makes_room(make_party: MakeParty) -> None:
    """It stays on the site. The guest link adds its file again as another photo."""
    party = make_party(guest_limit=str(LIMIT), guest_access="see")
    guest = party.guest()
    fill(party, guest, 0)
    fields = guest.fields(f"{party.link}/upload")
    taken_out = own_ids(party, guest)[1]  # the first one
    path = f"/albums/{party.album_id}/remove"
    assert guest.post(path, fields | {"photo": taken_out}).status_code == 303
    assert taken_out in own_ids(party, guest)
    chosen = fields | {"photo": taken_out, "album": party.album_id}
    assert guest.post("/uploads/albums/add", chosen).status_code == 403
    assert kept(party) == LIMIT - 1
    assert send_json(guest, party.code, photo_of(0)).status_code == 201
    assert taken_out not in party.shown()
    assert len(party.shown()) == kept(party) == LIMIT


def test_the_limit_binds_only_the_guest(make_party: MakeParty, services: Services) -> None:
    """The host undoes a refusal, although the guest has added other photos since."""
    party = make_party(guest_limit=str(LIMIT), guest_review="y")
    guest = party.guest()
    fill(party, guest, 0)
    first = own_ids(party, guest)
    fields = party.host.fields("/upload") | {"photo": first}
    assert party.host.post(f"/albums/{party.album_id}/review/refuse", fields).status_code == 303
    fill(party, guest, LIMIT + 1)
    assert party.host.post(f"/albums/{party.album_id}/review/restore", fields).status_code == 303
    assert kept(party) == 2 * LIMIT


def test_the_limit_is_gone_with_the_album(make_party: MakeParty, services: Services) -> None:
    party = make_party(guest_limit=str(LIMIT))
    guest = party.guest()
    fill(party, guest, 0)
    photo_id = own_ids(party, guest)[0]
    fields = guest.fields(f"{party.link}/upload")
    guest.post(f"/photos/{photo_id}/delete", fields)
    services.albums.delete(party.album)
    assert guest.post(f"/photos/{photo_id}/restore", fields).status_code == 303
