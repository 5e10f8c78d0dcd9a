"""Actions on a batch take several steps, which continue after errors.

Covers app.web.bulk.progress.
"""

from collections.abc import Callable
from unittest import mock

import pytest

from app.domain.errors import StorageUnavailable
from app.domain.photo_summary import PhotoState, Role
from app.services.photo_service import PhotoService
from app.web.bulk import steps
from app.web.listings import batch_pages
from tests.backends import TABLE, Backend
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor
from tests.web.bulk.batches.buttons import STEP, action_of, press, press_on, states


def test_a_form_that_is_sent_again_does_no_harm(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    """Each step is sent twice, and the first one once more at the end."""
    first = page = visitor.get(path)
    while page.status_code == 200:
        press(visitor, page, "delete")
        page = press(visitor, page, "delete")
    assert states(service, photo_ids) == {PhotoState.TRASHED}
    versions = [service.get_any_state(photo_id).version for photo_id in photo_ids]
    assert press(visitor, first, "delete").location == path
    assert [service.get_any_state(photo_id).version for photo_id in photo_ids] == versions


def test_a_photo_that_cannot_be_changed_is_named(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    """The page waits for the visitor, and then continues with the others."""
    tags = ", ".join(map(str, range(20)))
    full = service.retag(photo_ids[0], tags.split(", "), ())
    page = press(visitor, visitor.get(path.replace("?batch=", "/batches/")), "tags", add="sea")
    assert page.status_code == 422
    assert f'href="/photos/{full.photo_id}"' in page.text
    assert "1 tag too many" in page.text
    assert "continue-action.js" not in page.text
    *_, end = press_on(visitor, page, "tags")
    assert "4 photos updated." in end
    assert all("sea" in service.get(photo_id).tags for photo_id in photo_ids[1:])


def test_a_storage_error_stops_the_step(
    visitor: Visitor,
    backend: Backend,
    service: PhotoService,
    photo_ids: list[str],
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next step begins with the photo that failed."""
    real: Callable[..., None] = backend.catalog.update
    calls: list[int] = []

    def failing(*photos: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise StorageUnavailable("throttled")
        real(*photos)

    form = visitor.get(path.replace("?batch=", "/batches/"))
    monkeypatch.setattr(backend.catalog, "update", failing)
    page = press(visitor, form, "tags", add="sea")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert '<p role="status">1 of 5 photos</p>' in page.text
    *_, end = press_on(visitor, page, "tags")
    assert "5 photos updated." in end
    assert {service.get(photo_id).tags for photo_id in photo_ids} == {("sea",)}


def test_a_record_that_is_lost_hides_no_other_photo(
    visitor: Visitor, service: PhotoService, backend: Backend, photo_ids: list[str], path: str
) -> None:
    """Its entry is still in the listing. The page and the actions go on with the next photos."""
    if not backend.clients:
        return  # in SQLite an entry cannot outlive its record
    key = {"photo_id": photo_ids[0]}
    backend.clients.dynamodb.delete_item(TableName=TABLE, Key=key)
    with mock.patch.object(batch_pages, "PAGE_SIZE", 2):
        assert "<h1>4 photos added</h1>" in visitor.get(path).text
    *_, end = press_on(visitor, visitor.get(path), "delete")
    assert "4 photos deleted." in end
    assert states(service, photo_ids[1:]) == {PhotoState.TRASHED}


def test_photos_that_are_gone_stop_no_action(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    """One photo is deleted permanently between two steps, and the admin deletes another one."""
    form = visitor.get(path.replace("?batch=", "/batches/"))
    page = press(visitor, form, "tags", add="sea")
    service.delete(photo_ids[2])
    service.purge_photo(photo_ids[2])
    service.delete(photo_ids[3], Role.ADMIN)
    *_, end = press_on(visitor, page, "tags")
    assert "3 photos updated." in end
    *_, end = press_on(visitor, visitor.get(path), "delete")
    assert "3 photos deleted." in end
    page = visitor.post(action_of(end, "restore"), visitor.fields("/upload"))
    *_, end = press_on(visitor, page, "restore")
    assert "3 photos restored." in end
    assert service.get_any_state(photo_ids[3]).state is PhotoState.TRASHED
    assert states(service, photo_ids[:2]) == {PhotoState.PUBLIC}


def test_a_step_without_time_does_not_continue_by_itself(
    visitor: Visitor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the page would load again and again."""
    monkeypatch.setattr(steps, "has_time", lambda: False)
    page = press(visitor, visitor.get(path), "delete")
    assert "continue-action.js" not in page.text
    assert '<p role="status">0 of 5 photos</p>' in page.text


def test_a_step_finds_its_photos_with_two_calls(
    visitor: Visitor, backend: Backend, path: str, photo_ids: list[str]
) -> None:
    """The rest is that of each photo: see tests/web/storage_calls."""
    if not backend.clients:
        return
    form = visitor.get(path.replace("?batch=", "/batches/"))
    with recorded(backend.clients) as calls:
        assert press(visitor, form, "tags", add="sea").status_code == 200
    assert calls.counts["Query"] == 1
    assert calls.counts["BatchGetItem"] == 1
    assert calls.counts["GetItem"] == 3 * STEP + 1  # and one for the visitor’s cookie
    assert calls.counts["TransactWriteItems"] == STEP
