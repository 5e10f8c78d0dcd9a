"""Messages say which state photos have reached, not which one the button stands for.

Covers app.web.rendering.state_messages.
"""

from collections.abc import Callable

import pytest

from app.domain.photo import Photo
from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.visitor import Visitor
from tests.web.pages.reviews.conftest import Party

Add = Callable[..., Photo]

# How the photos were uploaded, and the sentence when they are shown again: one photo, two photos.
STATES = [
    ({}, "“{title}” is back in the gallery.", "2 photos published."),
    ({"unlisted": True}, "“{title}” is back in its albums.", "2 photos are back in their albums."),
    ({"awaiting_review": True}, "“{title}” waits for review.", "2 photos wait for review."),
]


def messages(visitor: Visitor, path: str) -> str:
    """Return the messages of a page."""
    return visitor.get(path).text.partition('class="messages"')[2].partition("</main>")[0]


def press(visitor: Visitor, path: str, *photos: Photo) -> str:
    """Send a form with photos, and return the messages of the next page."""
    fields = visitor.fields("/upload") | {"photo": [photo.photo_id for photo in photos]}
    answer = visitor.post(path, fields)
    assert answer.status_code == 303
    return messages(visitor, answer.location)


@pytest.mark.parametrize(("options", "single", "bulk"), STATES)
def test_photos_that_are_shown_again(
    party: Party, add: Add, services: Services, options: dict[str, bool], single: str, bulk: str
) -> None:
    photos = [add(**options) for _ in range(2)]
    first = photos[0]
    for photo in photos:
        services.photos.hide(photo.photo_id, Role.CONTRIBUTOR)
    assert bulk in press(party.guest, "/photos/select/publish?in=uploads", *photos)
    services.photos.hide(first.photo_id, Role.CONTRIBUTOR)
    text = press(party.guest, f"/photos/{first.photo_id}/unhide")
    assert single.format(title=first.title) in text


@pytest.mark.parametrize(("options", "single", "bulk"), STATES)
def test_photos_that_are_restored(
    party: Party, add: Add, services: Services, options: dict[str, bool], single: str, bulk: str
) -> None:
    photos = [add(**options) for _ in range(2)]
    first = photos[0]
    for photo in photos:
        services.photos.delete(photo.photo_id)
    restored = press(party.guest, "/photos/select/restore?in=deleted", *photos)
    assert (bulk if options else "2 photos restored.") in restored
    services.photos.delete(first.photo_id)
    text = press(party.guest, f"/photos/{first.photo_id}/restore")
    expected = single if options else "“{title}” restored."
    assert expected.format(title=first.title) in text


def test_a_selection_in_several_states(party: Party, add: Add, services: Services) -> None:
    """Each state has a message of its own."""
    photos = [add(), add(unlisted=True), add(awaiting_review=True), add()]
    services.photos.hide(photos[3].photo_id, Role.CONTRIBUTOR)
    for photo in photos:
        services.photos.delete(photo.photo_id)
    text = press(party.guest, "/photos/select/restore?in=deleted", *photos)
    for expected in (
        "1 photo restored.",
        "1 photo is back in its albums.",
        "1 photo waits for review.",
        "1 photo is still hidden.",
    ):
        assert expected in text


def test_what_the_owner_has_decided_too(party: Party, add: Add, services: Services) -> None:
    """The admin and the host read why the photo is not shown."""
    photo = add(awaiting_review=True, unlisted=True)
    services.photos.hide(photo.photo_id, Role.CONTRIBUTOR)
    services.photos.hide(photo.photo_id, Role.ADMIN)
    path = f"/photos/{photo.photo_id}"
    assert "is still hidden." in press(party.admin, f"{path}/unhide")
    services.photos.unhide(photo.photo_id)
    services.reviews.refuse(photo.photo_id, Role.REVIEWER)
    assert "Delete it too" in party.guest.get(path).text
    press(party.guest, f"{path}/delete")
    page = party.guest.get(path).text
    assert "has deleted it too. It stays deleted" in page
    assert "Delete it too" not in page
    text = press(party.host, f"/albums/{party.album_id}/review/restore", photo)
    assert "1 photo stays deleted: the person who added it has deleted it too." in text


def test_an_approved_photo_that_its_owner_has_hidden(
    party: Party, add: Add, services: Services
) -> None:
    photo = add(awaiting_review=True)
    services.photos.hide(photo.photo_id, Role.CONTRIBUTOR)
    text = press(party.admin, "/admin/pending/approve", photo)
    assert "1 photo is still hidden." in text
    assert "approved" not in text


@pytest.mark.parametrize("options", [{"awaiting_review": True}, {"unlisted": True}, {}])
def test_questions_about_a_deletion_do_not_name_the_gallery(
    party: Party, add: Add, options: dict[str, bool]
) -> None:
    """Many photos have never been there."""
    photo = add(**options)
    single = party.guest.get(f"/photos/{photo.photo_id}/delete").text
    fields = party.csrf(party.guest) | {"photo": photo.photo_id}
    several = party.guest.post("/photos/select/delete?in=uploads", fields).text
    for page in (single, several):
        assert "gallery at once" not in page


@pytest.mark.parametrize(
    ("reviewer", "verb", "state"),
    [
        ("host", "approve", "public"),
        ("host", "refuse", "trashed"),
        ("admin", "approve", "public"),
    ],
)
def test_photos_that_their_owner_has_deleted_in_the_meantime(
    party: Party, add: Add, services: Services, reviewer: str, verb: str, state: str
) -> None:
    """The reviewer decides about the others, and reads that the page was old."""
    photos = [add(awaiting_review=True) for _ in range(3)]
    services.photos.delete(photos[0].photo_id)
    visitor, path = {
        "host": (party.host, f"/albums/{party.album_id}/review"),
        "admin": (party.admin, "/admin/pending"),
    }[reviewer]
    text = press(visitor, f"{path}/{verb}", *photos)
    assert f"2 photos {verb}d." in text
    assert "1 photo isn’t here anymore." in text
    assert [party.state(photo.photo_id) for photo in photos] == ["trashed", state, state]
