"""Guests open the link of an album and add photos, on both backends.

Covers app.web.pages.guests.forms, app.web.auth.guest_access, app.web.auth.guest_cookie.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from app.web.auth.guest_cookie import MAX_CODES
from tests.visitor import JSON, Visitor
from tests.web.pages.guests.conftest import MakeParty, Party, photo_of, send, send_json


@pytest.fixture
def party(make_party: MakeParty) -> Party:
    return make_party()


def with_password(config: Config, services: Services) -> Flask:
    """Return the same site with an upload password."""
    return create_app(replace(config, upload_password="a long password"), services)


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


def test_photos_never_get_past_the_album_into_the_gallery(party: Party) -> None:
    """Without the cookie the form is refused, although everyone may upload here."""
    stranger = Visitor(party.host.app)
    answer = send_json(stranger, party.code, photo_of(0))
    assert answer.status_code == 403
    assert answer.json
    assert "Open the link" in answer.json["detail"]
    assert party.services.photos.page("public", 9).summaries == ()


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
