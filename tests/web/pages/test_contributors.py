"""The admin hides or deletes all photos of one contributor.

Covers app.web.bulk.contributor_actions, app.web.bulk.steps, app.web.storage_use.
"""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.config import Config
from app.domain import object_keys
from app.domain.photo_summary import PhotoState, Role
from app.services.photo_service import PhotoService
from app.web.bulk import contributor_actions, steps
from tests.backends import Backend
from tests.conftest import ADMIN_PASSWORD
from tests.services.test_photo_service import nth_call_fails
from tests.visitor import Visitor

BATCH = 2  # photos in a request


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password=ADMIN_PASSWORD)


@pytest.fixture
def photo_ids(visitor: Visitor, service: PhotoService) -> list[str]:
    """Five photos of one contributor: four public ones and one in the trash."""
    photo_ids = [visitor.add(title=f"Photo {number}") for number in range(5)]
    service.delete(photo_ids[2])
    return photo_ids


@pytest.fixture
def url(photo_ids: list[str], service: PhotoService) -> str:
    return f"/admin/contributors/{service.get(photo_ids[0]).owner}"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contributor_actions, "PAGE_SIZE", BATCH)


def run(admin: Visitor, path: str) -> tuple[TestResponse, list[str]]:
    """Press the button of each page until there is none. Return the last page, and all pages."""
    return press_on(admin, admin.get(path))


def press_on(admin: Visitor, page: TestResponse) -> tuple[TestResponse, list[str]]:
    """Press the button of the page, and so on: see `run`."""
    pages = []
    for _ in range(20):
        pages.append(page.text)
        if button_url(page) is None:
            return page, pages
        answer = press(admin, page)
        assert answer.status_code == 303, answer.text
        page = admin.get(answer.location)
    raise AssertionError("the action does not end")


def press(admin: Visitor, page: TestResponse) -> TestResponse:
    """Press the button of the page."""
    return admin.post(button_url(page) or "", token(admin))


def button_url(page: TestResponse) -> str | None:
    found = re.search(r'id="action"\s+action="([^"]+)"', page.text)
    return unescape(found[1]) if found else None


def token(visitor: Visitor) -> dict[str, str]:
    return {"csrf_token": visitor.fields("/upload")["csrf_token"]}


def test_photo_page_leads_the_admin_to_the_contributor(
    admin: Visitor, visitor: Visitor, photo_ids: list[str], url: str
) -> None:
    """The page shows the contributor's photos and their number; no one else sees the link."""
    path = f"/photos/{photo_ids[0]}"
    assert url in admin.get(path).text
    assert url in admin.get(f"/photos/{photo_ids[2]}").text  # in the trash
    assert url not in visitor.get(path).text
    page = admin.get(url).text
    assert "4 photos" in page
    assert "1 photo" in page
    assert photo_ids[0] in page


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("hide", "Hide all 5 photos of this contributor?"),
        ("delete", "Delete all 5 photos of this contributor?"),
        ("purge", "Delete all 5 photos of this contributor permanently?"),
    ],
)
def test_page_asks_with_the_number_of_photos(
    admin: Visitor, service: PhotoService, photo_ids: list[str], url: str, name: str, question: str
) -> None:
    """Opening it changes nothing."""
    page = admin.get(f"{url}/{name}")
    assert page.status_code == 200
    assert f"<h1>{question}</h1>" in page.text
    assert service.get(photo_ids[0]).state is PhotoState.PUBLIC


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


def test_a_request_stops_before_its_deadline(
    admin: Visitor, service: PhotoService, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next request continues with the photo that it did not begin."""
    times = iter([20.0, 20.0, 20.0, 20.0, steps.MIN_SECONDS, 0.0])
    monkeypatch.setattr(steps, "remaining_seconds", lambda: next(times, 20.0))
    _, pages = run(admin, f"{url}/hide")
    assert '<p role="status">2 of 5 photos</p>' in pages[1]
    assert len(service.page(object_keys.HIDDEN_LISTING, 10).summaries) == 4


@pytest.mark.parametrize("failing_call", [1, 2, 3])
@pytest.mark.parametrize(
    ("verb", "result"),
    [
        ("hide", "5 photos hidden."),
        ("delete", "5 photos deleted."),
        ("purge", "5 photos deleted permanently."),
    ],
)
def test_a_storage_error_stops_the_action(
    admin: Visitor,
    backend: Backend,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    result: str,
    failing_call: int,
) -> None:
    """The page says so and waits for the admin. In the end each photo is counted once."""
    page = admin.get(f"{url}/{verb}")
    with monkeypatch.context() as broken:
        nth_call_fails(broken, backend.objects, "copy", failing_call)
        stopped = press(admin, page)
    assert stopped.status_code == 503
    assert stopped.headers["Retry-After"]
    assert "Storage isn’t answering." in stopped.text
    assert "continue-action.js" not in stopped.text
    answer = press(admin, stopped)
    last, _ = press_on(admin, admin.get(answer.location))
    assert result in last.text
    assert "could not be changed" not in last.text


def test_no_link_continues_an_action(
    admin: Visitor, service: PhotoService, photo_ids: list[str], url: str
) -> None:
    """A position in the URL, of whatever kind, leads to the question."""
    begun = press(admin, admin.get(f"{url}/hide")).location
    position = begun.partition("?")[2]
    for link in (
        f"{url}/purge?before=7ZZZZZZZZZZZZZZZZZZZZZZZZZ&total=1",
        f"{url}/purge?position=forged",
        f"{url}/purge?{position}",  # of another action
        f"/admin/contributors/{'0' * 32}/hide?{position}",  # of another contributor
    ):
        page = admin.get(link)
        assert "continue-action.js" not in page.text
        assert "of this contributor" in page.text
        path = link.partition("?")[0]
        if "position" in link:
            assert admin.post(link, token(admin)).location == path
    assert service.get(photo_ids[0]).state is PhotoState.PUBLIC


def test_a_page_continues_an_action_once(
    admin: Visitor, service: PhotoService, photo_ids: list[str], url: str
) -> None:
    """Reloading the page, going back to it or sending it again leads to the question."""
    begun = press(admin, admin.get(f"{url}/delete")).location
    page = admin.get(begun)
    assert "continue-action.js" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "continue-action.js" not in admin.get(begun).text
    press_on(admin, page)
    restored = service.restore(photo_ids[0], Role.ADMIN)
    assert press(admin, page).location == f"{url}/delete"
    assert "continue-action.js" not in admin.get(begun).text
    assert service.get(photo_ids[0]) == restored


def test_only_the_admin_may_open_the_pages(
    visitor: Visitor, photo_ids: list[str], url: str
) -> None:
    """Contributors can't act on all photos of anyone, themselves included."""
    for path in (url, f"{url}/hide"):
        assert visitor.get(path).location == f"/login?next={path}"
    fields = visitor.fields("/upload")
    assert visitor.post(f"{url}/delete", fields).status_code == 403


@pytest.mark.parametrize("path", ["/admin/contributors/short", "/admin/contributors/" + "a" * 33])
def test_owners_have_32_characters(admin: Visitor, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_unknown_actions_are_404(admin: Visitor, url: str) -> None:
    assert admin.get(f"{url}/rename").status_code == 404
    assert admin.post(f"{url}/rename", token(admin)).status_code == 404


def test_contributor_without_photos(admin: Visitor) -> None:
    """There is nothing to list, and an action ends at once."""
    url = "/admin/contributors/" + "0" * 32
    assert "Nothing here yet." in admin.get(url).text
    last, _ = run(admin, f"{url}/delete")
    assert "0 photos deleted." in last.text
