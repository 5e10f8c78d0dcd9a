"""Where the photos that guests add are shown, and who sees them."""

from flask import Flask

from app.config import Config
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from tests.visitor import Visitor
from tests.web.pages.guests.conftest import (
    MakeParty,
    Party,
    photo_of,
    send,
    send_json,
    with_password,
)


def test_photos_never_get_past_the_album_into_the_gallery(party: Party) -> None:
    """Without the cookie the form is refused, although everyone may upload here."""
    stranger = Visitor(party.host.app)
    answer = send_json(stranger, party.code, photo_of(0))
    assert answer.status_code == 403
    assert answer.json
    assert "Open the link" in answer.json["detail"]
    assert party.services.photos.page("public", 9).summaries == ()


def test_a_deleted_album_takes_its_link_along(party: Party) -> None:
    guest = party.guest()
    link, code = party.link, party.code
    party.host.submit(f"/albums/{party.album_id}/delete")
    assert guest.get(link).status_code == 404
    assert send_json(guest, code, photo_of(0)).status_code == 404
    assert party.services.photos.page("public", 9).summaries == ()


def test_a_photo_that_waits_survives_its_album(make_party: MakeParty) -> None:
    """The guest adds it to another album, whose host reviews it; the site may have no admin."""
    party, other = make_party(guest_review="y"), make_party()
    guest = party.guest()
    send(guest, party.link, photo_of(0))
    (photo,) = party.services.reviews.pending(party.album_id, 9).photos
    own = guest.submit("/albums/new", title="Own", visibility="unlisted")
    fields = guest.fields("/upload") | {"photo": photo.photo_id}
    fields["album"] = own.location.rpartition("/")[2]
    assert guest.post("/uploads/albums/add", fields).status_code == 422
    party.host.submit(f"/albums/{party.album_id}/delete")
    assert guest.post("/uploads/albums/add", fields).status_code == 303
    assert party.services.photos.get(photo.photo_id).state is PhotoState.PENDING
    fields["album"] = other.album_id
    assert guest.post("/uploads/albums/add", fields).status_code in {403, 422}
    path = f"/photos/{photo.photo_id}/approve"
    assert other.host.post(path, other.host.fields("/upload")).status_code == 404
    assert guest.post(path, guest.fields("/upload")).status_code == 303
    assert party.services.photos.get(photo.photo_id).state is PhotoState.UNLISTED


def test_photos_wait_for_the_review_of_the_host(make_party: MakeParty, app: Flask) -> None:
    """From the beginning, and the guest reads so before and after the upload."""
    party = make_party(guest_review="y", guest_access="see", visibility="public")
    guest = party.guest()
    says_so = "The host looks at your photos before others see them."
    assert says_so in guest.get(party.link).text
    assert says_so in guest.get(f"{party.link}/upload").text
    answer = send(guest, party.link, photo_of(0))
    assert answer.location == f"{party.link}/thanks"
    (photo,) = party.services.reviews.pending(party.album_id, 9).photos
    page = guest.get(answer.location).text
    assert says_so in page
    assert f"/photos/{photo.photo_id}" in page
    assert party.shown() == []
    for path in ("/", f"/albums/{party.album_id}", "/feed.xml"):
        assert photo.photo_id not in Visitor(app).get(path).text
    assert Visitor(app).get(f"/photos/{photo.photo_id}").status_code == 404
    assert "1 photo waits for review" in party.host.get(f"/albums/{party.album_id}/guests").text
    party.services.reviews.approve(photo.photo_id)
    assert party.shown() == [photo.photo_id]


def test_photos_of_an_unlisted_album_stay_in_it(make_party: MakeParty, app: Flask) -> None:
    """Those of guests of a public album are public."""
    secret, public = make_party(guest_access="see"), make_party(visibility="public")
    send(secret.guest(), secret.link, photo_of(0))
    send(public.guest(), public.link, photo_of(1))
    gallery = Visitor(app).get("/").text
    assert secret.shown()[0] not in gallery
    assert public.shown()[0] in gallery
    assert secret.services.photos.get(secret.shown()[0]).state is PhotoState.UNLISTED


def test_pending_photos_count_for_the_limit(make_party: MakeParty) -> None:
    party = make_party(guest_review="y", guest_limit="1")
    guest = party.guest()
    assert send_json(guest, party.code, photo_of(0)).status_code == 201
    assert send_json(guest, party.code, photo_of(1)).status_code == 403


def test_the_album_names_who_added_a_photo(make_party: MakeParty) -> None:
    """In its captions, and not in those of the gallery. A name is no markup."""
    party = make_party(guest_access="see", guest_name="y", visibility="public")
    guest = party.guest()
    send(guest, party.link, photo_of(0), contributor_name="Mina <b>", title="The cake")
    caption = "The cake · <bdi>Mina &lt;b&gt;</bdi></span>"
    assert caption in guest.get(f"/albums/{party.album_id}").text
    gallery = guest.get("/").text
    assert "The cake</span>" in gallery
    assert "Mina" not in gallery


def test_the_album_leads_its_guests_to_their_form(make_party: MakeParty, app: Flask) -> None:
    """Strangers do not see the link, and the host has another one."""
    party = make_party(guest_access="see", visibility="public")
    link = f'href="{party.link}/upload"'
    album = f"/albums/{party.album_id}"
    assert link in party.guest().get(album).text
    assert link not in Visitor(app).get(album).text
    assert link not in party.host.get(album).text


def test_no_button_of_a_guest_leads_past_the_album(party: Party) -> None:
    """The header of other pages leads to the form whose photos are in the gallery."""
    guest = party.guest()
    refused = send(guest, party.link, b"no photo")
    pages = [guest.get(party.link + path) for path in ("", "/upload", "/thanks")]
    for page in (*pages, refused):
        assert 'href="/upload"' not in page.text
    assert 'href="/upload"' in guest.get("/").text


def test_a_guest_shows_nothing_in_the_gallery_of_a_site_with_a_password(
    make_party: MakeParty, config: Config, services: Services
) -> None:
    """Neither by the menu of the photo nor by its address."""
    party = make_party(guest_access="see")
    guest = Visitor(with_password(config, services))
    guest.submit(party.link)
    send(guest, party.link, photo_of(0))
    (photo_id,) = party.shown()
    page = guest.get(f"/photos/{photo_id}?in=album:{party.album_id}")
    assert page.status_code == 200
    assert "/list" not in page.text
    sent = guest.post(f"/photos/{photo_id}/list", guest.fields(f"{party.link}/upload"))
    assert sent.status_code == 403
    assert services.photos.get(photo_id).state is PhotoState.UNLISTED


def test_a_guest_sees_what_waits_and_the_host_approves_it(make_party: MakeParty) -> None:
    """The host gets to the review from the page of guests."""
    party = make_party(guest_review="y", guest_access="see")
    guest, other = party.guest(), party.guest()
    send(guest, party.link, photo_of(0))
    (photo,) = party.services.reviews.pending(party.album_id, 9).photos
    own = guest.get(f"/photos/{photo.photo_id}")
    assert own.status_code == 200
    assert other.get(f"/photos/{photo.photo_id}").status_code == 404
    review = f"/albums/{party.album_id}/review"
    assert f'href="{review}"' in party.host.get(f"/albums/{party.album_id}/guests").text
    assert guest.get(review).status_code == 403
    fields = party.host.fields(review)
    party.host.post(f"/photos/{photo.photo_id}/approve", fields)
    assert party.shown() == [photo.photo_id]
    path = f"/photos/{photo.photo_id}?in=album:{party.album_id}"
    assert other.get(path).status_code == 200
