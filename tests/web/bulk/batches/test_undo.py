"""All photos of a batch are deleted, and restored.

Covers app.web.bulk.batch_actions.
"""

import re
import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import StorageUnavailable
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.photo_objects import PhotoObjects
from app.services.photo_service import PhotoService
from tests.backends import Backend
from tests.visitor import Visitor
from tests.web.bulk.batches.buttons import action_of, press, press_on, states


def test_undo_deletes_the_whole_batch_and_can_be_undone(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    """Each page says how far it is. Other photos stay, also one that was deleted by itself."""
    older, newer = visitor.add(title="Other"), visitor.add(title="Other")
    page = visitor.get(path)
    later = datetime.now(UTC) + timedelta(seconds=2)
    service.delete(photo_ids[0], at=later)
    *steps, end = press_on(visitor, page, "delete")
    assert re.findall(r'<p role="status">([^<]*)</p>', "".join(steps)) == ["2 of 5 photos"]
    assert "4 photos deleted." in end
    assert "None of these photos are here anymore" in end
    assert states(service, photo_ids) == {PhotoState.TRASHED}
    assert states(service, [older, newer]) == {PhotoState.PUBLIC}
    page = visitor.post(action_of(end, "restore"), visitor.fields("/upload"))
    assert '<p role="status">1 of 4 photos</p>' in page.text  # the other is not from this undo
    *_, end = press_on(visitor, page, "restore")
    assert "4 photos restored." in end
    assert "<h1>4 photos added</h1>" in end
    assert states(service, photo_ids[1:]) == {PhotoState.PUBLIC}
    assert states(service, photo_ids[:1]) == {PhotoState.TRASHED}


def test_undo_is_for_the_photos_that_the_page_showed(
    visitor: Visitor, service: PhotoService, backend: Backend, photo_ids: list[str], path: str
) -> None:
    """A photo that joins the batch afterwards stays."""
    page = visitor.get(path)
    joined = service.get(photo_ids[0])
    later = datetime.now(UTC) + timedelta(seconds=2)
    backend.catalog.update(joined, joined.next_version(uploaded_at=later))
    *_, end = press_on(visitor, page, "delete")
    assert "4 photos deleted." in end
    assert states(service, photo_ids[:1]) == {PhotoState.PUBLIC}
    assert states(service, photo_ids[1:]) == {PhotoState.TRASHED}


@pytest.mark.parametrize("shown", ["0", "1700000000", "99999999999"])
def test_undo_of_a_page_that_is_too_old_is_for_all_photos(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str, shown: str
) -> None:
    """So is that of a time that no page has sent. The photos can be restored for 30 days."""
    page = visitor.get(path)
    page.data = re.sub(r"shown=\d+", f"shown={shown}", page.text).encode()
    *_, end = press_on(visitor, page, "delete")
    assert "5 photos deleted." in end
    expiry = {service.get_any_state(photo_id).expires_at or 0 for photo_id in photo_ids}
    assert all(time.time() < expires_at - 29.9 * 24 * 3600 for expires_at in expiry)
    undo = visitor.post(action_of(end, "restore"), visitor.fields("/upload"))
    *_, end = press_on(visitor, undo, "restore")
    assert states(service, photo_ids) == {PhotoState.PUBLIC}


def test_an_interrupted_deletion_is_completed_and_counted(
    visitor: Visitor,
    backend: Backend,
    service: PhotoService,
    photo_ids: list[str],
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The photo has left the listing of the batch, but its objects may still be public."""
    real = PhotoObjects.delete_outside
    failing = [StorageUnavailable("throttled")]

    def delete_outside(objects: PhotoObjects, photo: Photo, lost: Collection[str] = ()) -> None:
        if photo.photo_id == photo_ids[1] and failing:
            raise failing.pop()
        real(objects, photo, lost)

    monkeypatch.setattr(PhotoObjects, "delete_outside", delete_outside)
    page = press(visitor, visitor.get(path), "delete")
    assert page.status_code == 503
    assert "<title>Error: 1 of 5 photos" in page.text
    *_, end = press_on(visitor, page, "delete")
    assert "5 photos deleted." in end
    assert states(service, photo_ids) == {PhotoState.TRASHED}
    assert {service.get_any_state(photo_id).lease_expires_at for photo_id in photo_ids} == {None}
    assert {stored.key for stored in backend.objects.list("photos/")} == set()


def test_a_deletion_that_is_stopped_can_be_undone(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    """The page of each step has a button that restores the photos deleted so far."""
    page = press(visitor, visitor.get(path), "delete")
    undo = visitor.post(action_of(page.text, "restore"), visitor.fields("/upload"))
    assert "2 photos restored." in visitor.get(undo.location).text
    assert states(service, photo_ids) == {PhotoState.PUBLIC}
