"""The admin's list of all photos that wait for review."""

from collections.abc import Callable

from app.domain.photo import Photo
from tests.web.pages.reviews.conftest import Party


def test_only_the_admin_opens_it(party: Party) -> None:
    for visitor in (party.host, party.guest, party.stranger):
        assert visitor.get("/admin/pending").status_code in {303, 404}
        fields = party.csrf(visitor)
        assert visitor.post("/admin/pending/approve", fields).status_code == 403


def test_the_admin_decides_about_photos_of_all_albums(
    party: Party, add: Callable[..., Photo]
) -> None:
    """Approves, refuses, and undoes a refusal."""
    photos = [add(awaiting_review=True) for _ in range(2)]
    page = party.admin.get("/admin/pending").text
    assert "Lantern 1" in page
    assert "Lantern 2" in page
    for photo, verb, state in (
        (photos[0], "approve", "public"),
        (photos[1], "refuse", "trashed"),
        (photos[1], "restore", "pending"),
    ):
        fields = party.csrf(party.admin) | {"photo": photo.photo_id}
        assert party.admin.post(f"/admin/pending/{verb}", fields).status_code == 303
        assert party.state(photo.photo_id) == state
    assert party.admin.post("/admin/pending/approve", party.csrf(party.admin)).status_code == 422
    assert party.admin.get("/admin/pending/approve").status_code == 303
