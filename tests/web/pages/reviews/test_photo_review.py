"""Deciding about one photo on its page, and listing an unlisted photo."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.domain.photo import Photo
from tests.sample_images import jpeg
from tests.visitor import Visitor
from tests.web.pages.reviews.conftest import Party

Add = Callable[..., Photo]


@pytest.mark.parametrize("reviewer", ["host", "admin"])
@pytest.mark.parametrize(("verb", "state"), [("approve", "unlisted"), ("refuse", "trashed")])
def test_the_page_of_a_photo_has_the_buttons_of_a_reviewer(
    party: Party, add: Add, reviewer: str, verb: str, state: str
) -> None:
    """Sending one twice has the same result."""
    photo = add(awaiting_review=True, unlisted=True)
    visitor = getattr(party, reviewer)
    path = f"/photos/{photo.photo_id}/{verb}"
    assert path in visitor.get(f"/photos/{photo.photo_id}").text
    for _ in range(2):
        answer = visitor.post(path, party.csrf(visitor))
        assert answer.status_code == 303
        assert visitor.get(answer.location).status_code == 200
        assert party.state(photo.photo_id) == state


def test_its_owner_shows_an_unlisted_photo_in_the_gallery(party: Party, add: Add) -> None:
    photo = add(unlisted=True)
    path = f"/photos/{photo.photo_id}/list"
    assert "Not in the gallery" in party.guest.get(f"/photos/{photo.photo_id}").text
    assert path in party.guest.get(f"/photos/{photo.photo_id}").text
    assert party.stranger.post(path, party.csrf(party.stranger)).status_code == 404
    assert party.host.post(path, party.csrf(party.host)).status_code == 404
    assert party.state(photo.photo_id) == "unlisted"
    assert party.guest.post(path, party.csrf(party.guest)).status_code == 303
    assert party.state(photo.photo_id) == "public"
    assert "Lantern" in party.stranger.get("/").text


@pytest.mark.parametrize("verbs", [(), ("hide",), ("hide", "unhide"), ("delete", "restore")])
@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
def test_a_photo_that_waits_for_review_is_approved_for_its_album_alone(
    party: Party, add: Add, verbs: tuple[str, ...], headers: dict[str, str]
) -> None:
    """Its owner, who may upload to the gallery, does not list it before the host decides."""
    photo = add(awaiting_review=True, unlisted=True)
    fields = party.csrf(party.guest)
    for verb in verbs:
        answer = party.guest.post(f"/photos/{photo.photo_id}/{verb}", fields)
        assert answer.status_code == 303
    before = party.state(photo.photo_id)
    answer = party.guest.post(f"/photos/{photo.photo_id}/list", fields, headers)
    assert answer.status_code == 403
    assert "This photo waits for review" in answer.text
    assert party.state(photo.photo_id) == before
    selected = fields | {"photo": photo.photo_id}
    party.guest.post("/photos/select/publish?in=uploads", selected, headers)
    party.services.reviews.approve(photo.photo_id)
    assert party.state(photo.photo_id) in {"unlisted", "hidden"}
    assert photo.photo_id not in party.stranger.get("/").text
    assert party.guest.post(f"/photos/{photo.photo_id}/list", fields, headers).status_code == 303


def test_an_upload_into_an_unlisted_album_is_unlisted(party: Party) -> None:
    """The form says so, and the photo is in the album and not in the gallery."""
    path = f"/upload?album={party.album_id}"
    assert "not in the gallery" in party.host.get(path).text
    photo_id = party.host.add(title="Lamp", album=party.album_id)
    assert party.state(photo_id) == "unlisted"
    assert "Lamp" in party.stranger.get(f"/albums/{party.album_id}").text
    assert "Lamp" not in party.stranger.get("/").text
    assert "Unlisted" in party.host.get("/uploads").text


def test_a_browser_without_cookies_sees_what_it_has_added(app: Flask, party: Party) -> None:
    """An upload leads to the photo in its album, where everyone with the link sees it."""
    location = party.host.upload(jpeg(90, 60), title="Lamp", album=party.album_id).location
    assert "Lamp" in Visitor(app).get(location).text


def test_a_public_photo_stays_public_in_an_unlisted_album(party: Party) -> None:
    photo_id = party.host.add(title="Lamp")
    fields = party.csrf(party.host) | {"photo": photo_id, "album": party.album_id}
    assert party.host.post("/uploads/albums/add", fields).status_code == 303
    assert party.state(photo_id) == "public"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"unlisted": True}, "is back in its albums"),
        ({"awaiting_review": True}, "waits for review"),
        ({}, "is back in the gallery"),
    ],
)
def test_unhiding_says_where_the_photo_is(
    party: Party, add: Add, options: dict[str, bool], text: str
) -> None:
    photo = add(**options)
    for verb in ("hide", "unhide"):
        answer = party.guest.post(f"/photos/{photo.photo_id}/{verb}", party.csrf(party.guest))
        assert answer.status_code == 303
    assert text in party.guest.get("/uploads").text


def test_a_host_takes_out_a_photo_whose_approved_texts_have_changed(party: Party, add: Add) -> None:
    """Its owner edits them without another review. The host cannot refuse the photo any more."""
    photo = add(awaiting_review=True, unlisted=True)
    assert party.host.post(f"/photos/{photo.photo_id}/approve", party.csrf(party.host)).location
    edit = f"/photos/{photo.photo_id}/edit"
    assert party.guest.submit(edit, title="Changed afterwards").status_code == 303
    album = f"/albums/{party.album_id}"
    assert "Changed afterwards" in party.stranger.get(album).text
    fields = party.csrf(party.host) | {"photo": photo.photo_id}
    assert party.host.post(f"/photos/{photo.photo_id}/refuse", fields).status_code == 409
    assert party.host.post(f"{album}/remove", fields).status_code == 303
    assert "Changed afterwards" not in party.stranger.get(album).text


def test_a_host_arranges_the_unlisted_photos_of_guests(party: Party, add: Add) -> None:
    """Moves them, chooses one as the cover, and takes one out of the album; strangers do not."""
    first, second = add(unlisted=True), add(unlisted=True)
    album = f"/albums/{party.album_id}"
    fields = party.csrf(party.stranger) | {"photo": second.photo_id, "place": "1"}
    for verb in ("arrange", "cover", "remove"):
        assert party.stranger.post(f"{album}/{verb}", fields).status_code == 403
    fields = party.csrf(party.host) | {"photo": second.photo_id, "place": "1"}
    for verb in ("arrange", "cover", "remove"):
        assert party.host.post(f"{album}/{verb}", fields).status_code == 303
        if verb == "cover":
            assert party.services.albums.get(party.album_id).cover == second.photo_id
    shown = party.stranger.get(album).text
    assert first.photo_id in shown
    assert second.photo_id not in shown
    own = party.csrf(party.guest) | {"photo": first.photo_id}
    assert party.guest.post(f"{album}/remove", own).status_code == 303
    assert first.photo_id not in party.stranger.get(album).text


def test_an_unlisted_photo_is_reported_and_on_the_wall_in_its_album_alone(
    party: Party, add: Add
) -> None:
    """Elsewhere it is a 404, and so is a pending photo everywhere."""
    unlisted, pending = add(unlisted=True), add(awaiting_review=True)
    place = f"?in=album:{party.album_id}"
    for photo, statuses in ((unlisted, (200, 404)), (pending, (404, 404))):
        form = f"/photos/{photo.photo_id}/report"
        in_album, elsewhere = party.stranger.get(form + place), party.stranger.get(form)
        assert (in_album.status_code, elsewhere.status_code) == statuses
        wall = party.stranger.get(f"/albums/{party.album_id}/wall?photo={photo.photo_id}")
        assert wall.status_code == statuses[0]
    link = f"/photos/{unlisted.photo_id}/report{place}"
    page = party.stranger.get(f"/photos/{unlisted.photo_id}{place}").text
    assert f'href="{link}"' in page
    answer = party.stranger.submit(link, reason="person")
    assert answer.status_code == 303
    (report,) = party.services.reports.page(9).page.reports
    assert report.photo_id == unlisted.photo_id
