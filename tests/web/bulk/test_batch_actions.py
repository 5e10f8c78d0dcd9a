"""Actions for all photos of a batch: undo, tags and publishing, in steps if there are many.

Covers app.web.bulk.photo_changes, app.web.bulk.progress, app.web.pages.batches.
"""

import re
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.domain.errors import StorageUnavailable
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState, Role
from app.services.photo_objects import PhotoObjects
from app.services.photo_service import PhotoService
from app.web.bulk import batch_actions, steps
from app.web.listings import batch_pages
from tests.backends import TABLE, Backend
from tests.sample_images import jpeg
from tests.storage.aws_calls import recorded
from tests.visitor import Visitor

SIZE = 5  # photos of the batch
STEP = 2  # photos of a request


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_actions, "MAX_PHOTOS", STEP)


@pytest.fixture
def path(visitor: Visitor) -> str:
    """The page of a batch."""
    return str(visitor.upload(*(jpeg(80 + n, 60) for n in range(SIZE))).location)


@pytest.fixture
def photo_ids(visitor: Visitor, path: str) -> list[str]:
    """The photos of the batch."""
    return re.findall(r'type="checkbox" name="photo" value="(\w+)"', visitor.get(path).text)


def action_of(page: str, verb: str) -> str:
    """Return the URL of the form or the button for an action."""
    found = re.search(rf'action="\s*(/uploads/batches/\w+/{verb}[^"]*)"', page)
    assert found, f"no {verb} in {page}"
    return found[1].replace("&amp;", "&")


def press(visitor: Visitor, page: TestResponse, verb: str, **typed: str) -> TestResponse:
    """Press the button for an action, with the hidden fields of its page."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return visitor.post(action_of(page.text, verb), hidden | typed)


def press_on(visitor: Visitor, page: TestResponse, verb: str, **typed: str) -> list[str]:
    """Press the button of the page, and "Continue" until the last step. Return all pages."""
    pages = []
    for _ in range(SIZE):
        page = press(visitor, page, verb, **typed)
        if page.status_code == 303:
            return [*pages, visitor.get(page.location).text]
        pages.append(page.text)
        typed = {}
    raise AssertionError("the action does not end")


def states(service: PhotoService, photo_ids: list[str]) -> set[PhotoState]:
    return {service.get_any_state(photo_id).state for photo_id in photo_ids}


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
    assert "None of these photos are here any more" in end
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


def test_no_action_touches_photos_of_others(
    visitor: Visitor, app: Flask, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    """Another contributor who sends the form changes nothing, nor does a visitor without photos."""
    page = visitor.get(path)
    stranger = Visitor(app)
    other = stranger.add()
    for verb in ("delete", "tags", "publish", "restore"):
        action = action_of(page.text, "delete").replace("delete", verb)
        fields = stranger.fields("/upload") | {"add": "sea"}
        assert stranger.post(action, fields).status_code == 303
        assert Visitor(app).post(action, fields).status_code in {400, 404}
    assert states(service, [*photo_ids, other]) == {PhotoState.PUBLIC}
    assert {service.get(photo_id).tags for photo_id in photo_ids} == {()}


def test_all_photos_get_tags(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    """The form names the number of photos, and its fields pass through each step."""
    link = re.search(r'href="([^"]*)">Edit all</a>', visitor.get(path).text)
    assert link
    form = visitor.get(link[1])
    assert "<h1>Edit all 5 photos</h1>" in form.text
    *steps, end = press_on(visitor, form, "tags", add="lake, “sea”")
    assert len(steps) == 2
    assert "5 photos updated." in end
    assert {service.get(photo_id).tags for photo_id in photo_ids} == {("lake", "“sea”")}


def test_an_invalid_tag_is_422_and_changes_nothing(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    form = visitor.get(path.replace("?batch=", "/batches/"))
    answer = press(visitor, form, "tags", add="x" * 51)
    assert answer.status_code == 422
    assert f'value="{"x" * 51}"' in answer.text
    assert press(visitor, form, "tags").status_code == 422
    assert service.get(photo_ids[0]).version == 1


def test_drafts_are_published_at_once(
    visitor: Visitor, service: PhotoService, photo_ids: list[str], path: str
) -> None:
    for photo_id in photo_ids:
        visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
    page = visitor.get(path)
    assert "<h1>5 photos aren’t published yet</h1>" in page.text
    *_, end = press_on(visitor, page, "publish")
    assert "5 photos published." in end
    assert "<h1>5 photos added</h1>" in end
    assert states(service, photo_ids) == {PhotoState.PUBLIC}


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


def test_publishing_is_offered_with_tags_only_if_all_photos_are_drafts(
    visitor: Visitor, photo_ids: list[str], path: str
) -> None:
    """It changes the tags of drafts only. The page of the batch publishes the drafts."""
    edit_path = path.replace("?batch=", "/batches/")
    for photo_id in photo_ids:
        assert "/publish" not in visitor.get(edit_path).text
        visitor.post(f"/photos/{photo_id}/hide", visitor.fields("/upload"))
        assert "/publish" in visitor.get(path).text
    assert "/publish" in visitor.get(edit_path).text


def test_the_address_of_an_action_leads_to_the_batch(visitor: Visitor, path: str) -> None:
    """It is in the address bar while the action continues."""
    answer = visitor.get(path.replace("?batch=", "/batches/") + "/delete?total=5")
    assert (answer.status_code, answer.location) == (303, path)


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("/uploads/batches/x/delete", {}),
        ("/uploads/batches/{name}/delete", {"failed": "x"}),
        ("/uploads/batches/{name}/delete", {"before": "x"}),
        ("/uploads/batches/{name}/purge", {}),
    ],
)
def test_a_url_that_no_page_has_is_not_found(
    visitor: Visitor, path: str, url: str, fields: dict[str, str]
) -> None:
    token = visitor.fields("/upload")
    answer = visitor.post(url.format(name=path[-10:]), token | fields)
    assert answer.status_code == 404


def test_numbers_in_urls_and_forms_are_bounded(visitor: Visitor, path: str) -> None:
    """A number that no page has sent counts as none, and other parameters are not passed on."""
    action = action_of(visitor.get(path).text, "delete").partition("?")[0]
    fields = visitor.fields("/upload") | {"done": "9" * 5000}
    page = visitor.post(f"{action}?total=-1&since=x&_external=1&name=x", fields)
    assert page.status_code == 200
    assert re.fullmatch(rf"{action}\?shown=\d{{10}}", action_of(page.text, "delete"))
    assert '<p role="status">2 photos</p>' in page.text


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
