"""The admin hides or deletes all photos of one contributor.

Covers app.web.storage_use.
"""

import re
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain import object_keys
from app.domain.errors import StorageUnavailable
from app.domain.photo import PhotoState, Role
from app.services.factory import Services
from app.services.photo_service import PhotoService
from app.web.pages import contributors
from tests.backends import Backend
from tests.visitor import Visitor

BATCH = 2  # photos in a request


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    return create_app(replace(config, admin_password="change it all"), services)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    admin = Visitor(app)
    admin.submit("/login", password="change it all")
    return admin


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
    monkeypatch.setattr(contributors, "PAGE_SIZE", BATCH)


def run(admin: Visitor, path: str) -> tuple[TestResponse, list[str]]:
    """Press the button of each page until there is none. Return the last page, and all pages."""
    page, pages = admin.get(path), []
    for _ in range(20):
        pages.append(page.text)
        action = re.search(r'id="action"\s+action="([^"]+)"', page.text)
        if action is None:
            return page, pages
        fields = {"csrf_token": admin.fields(path)["csrf_token"]}
        answer = admin.post(action.group(1).replace("&amp;", "&"), fields)
        assert answer.status_code == 303, answer.text
        page = admin.get(answer.location)
    raise AssertionError("the action does not end")


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
        ("hide", "Hide all 4 photos of this contributor?"),
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
    """Photos of others and in the trash stay as they are, and each page shows the progress."""
    other = Visitor(app).add()
    last, pages = run(admin, f"{url}/hide")
    assert "4 photos hidden." in last.text
    assert '<p role="status">2 of 4 photos</p>' in pages[1]
    assert "continue-action.js" in pages[1]
    assert "continue-action.js" not in pages[0]
    states = [service.get_any_state(photo_id).state for photo_id in photo_ids]
    hidden, trashed = PhotoState.HIDDEN, PhotoState.TRASHED
    assert states == [hidden, hidden, trashed, hidden, hidden]
    assert service.get(photo_ids[0]).hidden_by is Role.ADMIN
    public = {object_keys.photo_id_of(found.key) for found in backend.objects.list("photos/")}
    assert public == {other}


def test_all_photos_are_deleted_in_batches(
    admin: Visitor, service: PhotoService, backend: Backend, photo_ids: list[str], url: str
) -> None:
    """The contributor restores none of them, not even one from the trash."""
    last, _ = run(admin, f"{url}/delete")
    assert "photos deleted." in last.text
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
    assert left == [[], [], [], []]


def test_a_request_stops_before_its_deadline(
    admin: Visitor, service: PhotoService, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next request continues with the photo that it did not begin."""
    times = iter([20.0, contributors.MIN_SECONDS])
    monkeypatch.setattr(contributors, "remaining_seconds", lambda: next(times, 20.0))
    _, pages = run(admin, f"{url}/hide")
    assert '<p role="status">1 of 4 photos</p>' in pages[1]
    assert len(service.page(object_keys.HIDDEN_LISTING, 10).summaries) == 4


def test_a_storage_error_stops_and_is_reported(
    admin: Visitor,
    service: PhotoService,
    backend: Backend,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same request continues later."""
    fields = {"csrf_token": admin.fields(f"{url}/hide")["csrf_token"]}

    def fail(*_: object) -> None:
        raise StorageUnavailable("injected")

    with monkeypatch.context() as broken:
        broken.setattr(backend.objects, "copy", fail)
        assert admin.post(f"{url}/hide", fields).status_code == 503
    run(admin, f"{url}/hide")
    assert len(service.page(object_keys.HIDDEN_LISTING, 10).summaries) == 4


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


@pytest.mark.parametrize("suffix", ["/rename", "/hide?listing=7", "/hide?before=x"])
def test_unknown_actions_and_positions_are_404(admin: Visitor, url: str, suffix: str) -> None:
    """A forged URL changes nothing."""
    fields = {"csrf_token": admin.fields(f"{url}/hide")["csrf_token"]}
    assert admin.post(url + suffix, fields).status_code == 404


def test_contributor_without_photos(admin: Visitor) -> None:
    """There is nothing to list, and an action ends at once."""
    url = "/admin/contributors/" + "0" * 32
    assert "Nothing here yet." in admin.get(url).text
    last, _ = run(admin, f"{url}/delete")
    assert "0 photos deleted." in last.text
