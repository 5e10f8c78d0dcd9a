"""A host decides about their own photos, which came by their own guest link."""

import pytest

from app.domain.errors import PhotoNotFound
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from tests.visitor import Visitor
from tests.web.pages.guests.conftest import MakeParty, Party, photo_of, send_json


def refused_photo(party: Party, guest: Visitor) -> Photo:
    """Return a photo of a guest that the host has refused."""
    guest.submit(party.link)
    send_json(guest, party.code, photo_of(0))
    (photo,) = party.services.reviews.pending(party.album_id, 9).photos
    path = f"/photos/{photo.photo_id}/refuse"
    assert party.host.post(path, party.host.fields("/upload")).status_code == 303
    return photo


@pytest.mark.parametrize("path", ["/photos/{}/restore", "/photos/select/restore?in=deleted"])
def test_a_host_restores_an_own_photo_that_they_refused(
    make_party: MakeParty, services: Services, path: str
) -> None:
    """It waits again."""
    party = make_party(guest_review="y")
    photo_id = refused_photo(party, party.host).photo_id
    assert "Restore" in party.host.get(f"/photos/{photo_id}").text
    fields = party.host.fields("/upload") | {"photo": photo_id}
    assert party.host.post(path.format(photo_id), fields).status_code == 303
    assert services.photos.get_any_state(photo_id).state is PhotoState.PENDING


def test_a_host_deletes_an_own_photo_that_they_refused_permanently(
    make_party: MakeParty, services: Services
) -> None:
    party = make_party(guest_review="y")
    photo_id = refused_photo(party, party.host).photo_id
    assert party.host.submit(f"/photos/{photo_id}/purge").status_code == 303
    with pytest.raises(PhotoNotFound):
        services.photos.get_any_state(photo_id)


@pytest.mark.parametrize("verb", ["restore", "purge"])
def test_another_guest_does_not_undo_a_refusal(
    make_party: MakeParty, services: Services, verb: str
) -> None:
    """Nor does one who is the host of another album."""
    party = make_party(guest_review="y")
    guest = party.guest()
    make_party(guest)
    photo_id = refused_photo(party, guest).photo_id
    answer = guest.post(f"/photos/{photo_id}/{verb}", guest.fields("/upload"))
    assert answer.status_code == 403
    assert services.photos.get_any_state(photo_id).state is PhotoState.TRASHED
