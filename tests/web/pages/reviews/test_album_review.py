"""Reviewing the photos of an album.

Covers app.web.bulk.review_steps, app.web.auth.review_access,
app.web.pages.reviews.review_forms, app.web.pages.reviews.review_results.
"""

import re
from collections.abc import Callable

import pytest

from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.domain.upload import PhotoText
from app.web.bulk import album_steps, review_steps
from tests.web.pages.reviews.conftest import Party
from tests.web.pages.selection.checkbox_names import checkbox_names

Add = Callable[..., Photo]


@pytest.mark.parametrize("reviewer", ["host", "admin"])
def test_the_host_and_the_admin_see_what_waits(party: Party, add: Add, reviewer: str) -> None:
    """With the images, which the site sends to reviewers alone."""
    photo = add(awaiting_review=True)
    page = getattr(party, reviewer).get(f"/albums/{party.album_id}/review")
    assert page.status_code == 200
    assert "Lantern 1" in page.text
    image = f"/photos/{photo.photo_id}/files/160.jpg"
    image = f"/photos/{photo.photo_id}/files/{photo.widths[0]}.jpg"
    assert image in page.text
    sent = getattr(party, reviewer).get(image)
    assert (sent.status_code, sent.mimetype) == (200, "image/jpeg")
    assert sent.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    album = getattr(party, reviewer).get(f"/albums/{party.album_id}")
    assert "1 photo waits for review" in album.text


@pytest.mark.parametrize("path", ["/albums/{album_id}/review", "/admin/pending"])
def test_each_checkbox_has_a_name_of_its_own(party: Party, add: Add, path: str) -> None:
    """With the name of the guest, the time, and a number: untitled photos of a batch are alike."""
    untitled = PhotoText(title="", contributor_name="Mina").validated()
    for _ in range(3):
        add(awaiting_review=True, text=untitled)
    add(awaiting_review=True, text=PhotoText(title="").validated())
    names = checkbox_names(party.admin.get(path.format(album_id=party.album_id)).text)
    assert len(set(names)) == len(names) == 4
    assert ["Added by Mina" in name for name in names] == [False, True, True, True]
    assert all(re.search(r"\d:\d\d", name) for name in names)


@pytest.mark.parametrize("visitor", ["guest", "stranger"])
def test_others_do_not_open_the_review(party: Party, add: Add, visitor: str) -> None:
    """Nor decides, with valid tokens; and the guest does not approve the own photo."""
    photo = add(awaiting_review=True)
    other = getattr(party, visitor)
    assert other.get(f"/albums/{party.album_id}/review").status_code == 403
    assert "waits for review" not in other.get(f"/albums/{party.album_id}").text
    fields = party.csrf(other) | {"photo": photo.photo_id, "guest": photo.photo_id}
    for verb in ("approve", "refuse", "restore", "guest"):
        answer = other.post(f"/albums/{party.album_id}/review/{verb}", fields)
        assert answer.status_code == 403
    for verb in ("approve", "refuse"):
        answer = other.post(f"/photos/{photo.photo_id}/{verb}", fields)
        assert answer.status_code == (403 if visitor == "guest" else 404)
    assert party.state(photo.photo_id) == "pending"


def test_the_owner_of_another_album_reviews_no_photo_of_this_one(party: Party, add: Add) -> None:
    """Also if a form of the own album names the photo, and if it is the guest's own album."""
    photo = add(awaiting_review=True)
    for other in (party.stranger, party.guest):
        own = other.submit("/albums/new", title="Own").location
        fields = party.csrf(other) | {"photo": photo.photo_id, "guest": photo.photo_id}
        for verb in ("approve", "refuse", "restore", "guest"):
            assert other.post(f"{own}/review/{verb}", fields).status_code in {403, 404}
        album_id = own.rpartition("/")[2]
        other.post("/uploads/albums/add", fields | {"album": album_id})
    assert party.services.photos.get(photo.photo_id) == photo


def test_the_chosen_photos_are_approved(party: Party, add: Add) -> None:
    """The others still wait. A form that is sent twice has the same result."""
    photos = [add(awaiting_review=True) for _ in range(3)]
    chosen = [photos[0].photo_id, photos[2].photo_id]
    path = f"/albums/{party.album_id}/review"
    for _ in range(2):
        answer = party.host.submit(path, photo=chosen)
        fields = party.csrf(party.host) | {"photo": chosen}
        answer = party.host.post(f"{path}/approve", fields)
        assert (answer.status_code, answer.location) == (303, path)
    assert "2 photos approved." in party.host.get(path).text
    states = [party.state(photo.photo_id) for photo in photos]
    assert states == ["public", "pending", "public"]
    album = party.stranger.get(f"/albums/{party.album_id}").text
    assert "Lantern 1" in album
    assert "Lantern 2" not in album
    assert party.services.albums.get(party.album_id).cover in chosen


@pytest.mark.parametrize(
    ("orders", "expected"), [(("taken", "added"), [1, 2, 3]), (("added", "taken"), [2, 1, 3])]
)
def test_an_approved_photo_has_its_place_in_the_present_order(
    party: Party, add: Add, orders: tuple[str, str], expected: list[int]
) -> None:
    """Also if the order of the album has changed while the photo waited."""
    edit = f"/albums/{party.album_id}/edit"
    settings = {"title": "Party", "visibility": "unlisted"}
    party.host.submit(edit, **settings, order=orders[0])
    photos = [add(), add(awaiting_review=True)]
    waiting = photos[1].photo_id
    party.guest.submit(f"/photos/{waiting}/edit", title="Lantern 2", taken_year="1990")
    party.host.submit(edit, **settings, order=orders[1])
    photos.append(add())
    fields = party.csrf(party.host) | {"photo": waiting}
    party.host.post(f"/albums/{party.album_id}/review/approve", fields)
    page = party.services.albums.page(party.album_id, 9)
    assert [photo.title for photo in page.summaries] == [f"Lantern {each}" for each in expected]
    version = party.services.photos.get(waiting).version
    party.host.post(f"/albums/{party.album_id}/review/approve", fields)
    assert party.services.photos.get(waiting).version == version


def test_a_refusal_can_be_undone_by_the_host_and_not_by_the_guest(party: Party, add: Add) -> None:
    """The guest reads who has refused the photo, and cannot delete the record of it."""
    photo = add(awaiting_review=True)
    path = f"/albums/{party.album_id}/review"
    fields = party.csrf(party.host) | {"photo": photo.photo_id}
    assert party.host.post(f"{path}/refuse", fields).status_code == 303
    assert party.state(photo.photo_id) == "trashed"
    page = party.host.get(path).text
    assert "1 photo refused." in page
    assert f'action="{path}/restore"' in page
    assert "Refused by the host" in party.guest.get("/uploads/deleted").text
    assert "The host of the album has refused" in party.guest.get(f"/photos/{photo.photo_id}").text
    for verb in ("restore", "purge"):
        own = party.csrf(party.guest)
        assert party.guest.post(f"/photos/{photo.photo_id}/{verb}", own).status_code == 403
    own = party.csrf(party.guest) | {"photo": photo.photo_id}
    assert party.guest.post("/photos/select/restore?in=deleted", own).status_code == 403
    assert party.host.post(f"{path}/restore", fields).status_code == 303
    assert party.state(photo.photo_id) == "pending"


def test_a_photo_that_is_shown_already_is_not_refused(party: Party, add: Add) -> None:
    """The page may be old. It says that someone else has decided."""
    photo = add(awaiting_review=True)
    party.services.reviews.approve(photo.photo_id)
    fields = party.csrf(party.host) | {"photo": photo.photo_id}
    answer = party.host.post(f"/albums/{party.album_id}/review/refuse", fields)
    assert (answer.status_code, party.state(photo.photo_id)) == (409, "public")
    assert "Someone else may have approved it already." in answer.text


def test_what_the_admin_hides_leaves_the_review(party: Party, add: Add) -> None:
    """The host neither sees nor approves it any more."""
    photo = add(awaiting_review=True)
    party.services.photos.hide(photo.photo_id, Role.ADMIN)
    path = f"/albums/{party.album_id}/review"
    assert "Lantern" not in party.host.get(path).text
    fields = party.csrf(party.host) | {"photo": photo.photo_id}
    for verb in ("approve", "refuse"):
        assert party.host.post(f"{path}/{verb}", fields).status_code == 404
        assert party.host.post(f"/photos/{photo.photo_id}/{verb}", fields).status_code == 404
    assert party.state(photo.photo_id) == "hidden"


def test_all_photos_of_one_guest_are_approved(
    party: Party, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In steps, each of which has a page that continues. Those of other guests still wait."""
    monkeypatch.setattr(review_steps, "MAX_PHOTOS", 2)
    other = add(awaiting_review=True, owner="b" * 32)
    photos = [add(awaiting_review=True) for _ in range(5)]
    path = f"/albums/{party.album_id}/review"
    assert "Mina" in party.host.get(path).text
    fields = party.csrf(party.host) | {"guest": photos[0].photo_id}
    answer = party.host.post(f"{path}/guest", fields)
    for _ in range(4):
        if answer.status_code == 303:
            break
        assert answer.status_code == 200
        assert "Approving the photos of a guest" in answer.text
        before = answer.text.partition('name="before" value="')[2].partition('"')[0]
        done = answer.text.partition('name="done" value="')[2].partition('"')[0]
        answer = party.host.post(f"{path}/guest", fields | {"before": before, "done": done})
    assert answer.status_code == 303
    assert "5 photos approved." in party.host.get(path).text
    assert {party.state(photo.photo_id) for photo in photos} == {"public"}
    assert party.state(other.photo_id) == "pending"


def test_a_form_without_a_choice_says_so(party: Party, add: Add) -> None:
    add(awaiting_review=True)
    answer = party.host.post(f"/albums/{party.album_id}/review/approve", party.csrf(party.host))
    assert answer.status_code == 422
    assert "Select at least one photo." in answer.text
    assert party.host.get(f"/albums/{party.album_id}/review/approve").status_code == 303


def test_every_photo_of_a_page_can_be_selected(party: Party, add: Add) -> None:
    """By a link, without scripts."""
    add(awaiting_review=True)
    page = party.host.get(f"/albums/{party.album_id}/review?select=all").text
    assert page.count("checked") == 1


def test_the_contributor_reads_that_a_photo_waits(party: Party, add: Add) -> None:
    """On the own uploads and on its page, which has no buttons of a reviewer."""
    photo = add(awaiting_review=True)
    assert "Waiting for review" in party.guest.get("/uploads").text
    batch = party.guest.get(f"/uploads?batch={photo.photo_id[:10]}").text
    assert "1 photo waits for review. Until then, only you" in batch
    page = party.guest.get(f"/photos/{photo.photo_id}").text
    assert "Waiting for review." in page
    assert f"/photos/{photo.photo_id}/approve" not in page
    assert f"/photos/{photo.photo_id}/unhide" not in page


def test_a_deleted_album_has_no_photo_that_waits(
    party: Party, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In steps, too. The photos still wait, and the admin decides about them."""
    monkeypatch.setattr(album_steps, "MAX_PHOTOS", 2)
    waiting = [add(awaiting_review=True) for _ in range(5)]
    shown = add()
    path = f"/albums/{party.album_id}/delete"
    fields = party.csrf(party.host)
    for _ in range(9):
        answer = party.host.post(path, fields)
        if answer.status_code == 303:
            break
        after = answer.text.partition('name="after" value="')[2].partition('"')[0]
        fields |= {"after": after, "done": "2"}
    assert (answer.status_code, answer.location) == (303, "/albums/mine")
    assert party.host.get(f"/albums/{party.album_id}").status_code == 404
    for photo in (*waiting, shown):
        assert party.services.photos.get(photo.photo_id).albums == ()
    assert {party.state(photo.photo_id) for photo in waiting} == {"pending"}
    assert party.services.reviews.count_pending(party.album_id) == 0
    page = party.admin.get("/admin/pending").text
    assert all(photo.photo_id in page for photo in waiting)
