"""The admin hides or deletes all photos of one contributor.

Covers app.web.bulk.contributor_actions.
"""

import re

import pytest
from flask import Flask

from app.domain import object_keys
from app.domain.photo_summary import PhotoState, Role
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.visitor import Visitor
from tests.web.pages.contributors.buttons import press, press_on, run, token


def test_all_photos_are_hidden_in_batches(
    admin: Visitor,
    app: Flask,
    service: PhotoService,
    backend: Backend,
    photo_ids: list[str],
    url: str,
) -> None:
    """Photos of others stay as they are, and each page shows the progress."""
    other = Visitor(app).add()
    last, pages = run(admin, f"{url}/hide")
    assert "5 photos hidden." in last.text
    progress = re.findall(r'<p role="status">(.+) photos</p>', "".join(pages))
    assert progress == ["3 of 5", "5 of 5"]
    assert "continue-action.js" in pages[1]
    assert "continue-action.js" not in pages[0]
    states = [service.get_any_state(photo_id).state for photo_id in photo_ids]
    hidden, trashed = PhotoState.HIDDEN, PhotoState.TRASHED
    assert states == [hidden, hidden, trashed, hidden, hidden]
    assert {service.get_any_state(each).hidden_by for each in photo_ids} == {Role.ADMIN}
    public = {object_keys.photo_id_of(found.key) for found in backend.objects.list("photos/")}
    assert public == {other}


def test_photos_in_the_trash_are_hidden_too(
    admin: Visitor, visitor: Visitor, service: PhotoService, photo_ids: list[str], url: str
) -> None:
    """If the contributor restores them, they stay hidden, and only the admin unhides them."""
    run(admin, f"{url}/hide")
    path = f"/photos/{photo_ids[2]}"
    assert visitor.post(f"{path}/restore", token(visitor)).status_code == 303
    assert service.get(photo_ids[2]).state is PhotoState.HIDDEN
    assert visitor.post(f"{path}/unhide", token(visitor)).status_code == 403
    assert admin.post(f"{path}/unhide", token(admin)).status_code == 303
    assert service.get(photo_ids[2]).state is PhotoState.PUBLIC


@pytest.mark.parametrize("verb", ["hide", "delete"])
def test_the_contributor_escapes_by_no_deletion_or_restoration(
    admin: Visitor,
    visitor: Visitor,
    service: PhotoService,
    photo_ids: list[str],
    url: str,
    verb: str,
) -> None:
    """A photo that moves to the trash or out of it during the action is included."""
    first = press(admin, admin.get(f"{url}/{verb}"))  # one in the trash, and the newest two
    visitor.post(f"/photos/{photo_ids[2]}/restore", token(visitor))
    visitor.post(f"/photos/{photo_ids[0]}/delete", token(visitor))
    last, _ = press_on(admin, admin.get(first.location))
    assert "5 photos" in last.text
    for photo_id in photo_ids:
        photo = service.get_any_state(photo_id)
        assert Role.ADMIN in {photo.hidden_by, photo.trashed_by}


def test_all_photos_are_deleted_in_batches(
    admin: Visitor, service: PhotoService, backend: Backend, photo_ids: list[str], url: str
) -> None:
    """The contributor restores none of them, not even one from the trash."""
    last, _ = run(admin, f"{url}/delete")
    assert "5 photos deleted." in last.text
    photos = [service.get_any_state(photo_id) for photo_id in photo_ids]
    assert {photo.state for photo in photos} == {PhotoState.TRASHED}
    assert {photo.trashed_by for photo in photos} == {Role.ADMIN}
    assert list(backend.objects.list("photos/")) == []


def test_all_photos_are_deleted_permanently(
    admin: Visitor, backend: Backend, photo_ids: list[str], url: str
) -> None:
    """Nothing is left of them: no record, no object."""
    last, _ = run(admin, f"{url}/purge")
    assert "5 photos deleted permanently." in last.text
    assert list(backend.catalog.photos()) == []
    left = [list(backend.objects.list(prefix)) for prefix in object_keys.PREFIXES]
    assert not any(left)
