"""A contributor's own uploads, and changes of many at once.

Covers app.web.bulk.each_photo, app.web.selection_forms.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain.errors import EditConflict, StorageUnavailable
from app.domain.photo import Photo
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from app.services.photo_service import PhotoService
from app.web import pagination
from tests.backends import Backend
from tests.visitor import Visitor

TAGS = "/photos/select/tags?in=uploads"
DELETE = "/photos/select/delete?in=uploads"
RESTORE = "/photos/select/restore?in=deleted"


def send(visitor: Visitor, path: str, photo_ids: Iterable[str], **typed: Any) -> TestResponse:
    """Select photos, and press one of the buttons of the page."""
    token = visitor.fields("/upload")["csrf_token"]
    return visitor.post(path, {"csrf_token": token, "photo": list(photo_ids), **typed})


def selectable(page: str) -> list[str]:
    """The photos that can be selected, in their order."""
    return re.findall(r'type="checkbox" name="photo" value="(\w+)"', page)


def selected(page: str) -> list[str]:
    return re.findall(r'type="checkbox" name="photo" value="(\w+)"\s+checked', page)


def test_page_lists_own_photos_only(app: Flask, visitor: Visitor) -> None:
    """Photos from this browser are listed, newest first, with hidden ones marked."""
    Visitor(app).add(title="Stranger’s")
    first, second = visitor.add(title="First"), visitor.add(title="Second")
    assert ">Hidden<" not in visitor.get("/uploads").text
    visitor.post(f"/photos/{first}/hide", visitor.fields("/upload"))
    page = visitor.get("/uploads").text
    assert selectable(page) == [second, first]
    assert ">Hidden<" in page
    assert "Stranger" not in page


def test_page_without_uploads_links_to_the_upload(app: Flask) -> None:
    """A browser without uploads sees no photos and gets no contributor cookie."""
    stranger = Visitor(app)
    answer = stranger.get("/uploads")
    assert selectable(answer.text) == []
    assert 'href="/upload"' in answer.text
    assert stranger.cookie("contributor") == ""
    assert 'href="/uploads"' not in stranger.get("/").text


def test_header_links_to_own_uploads(visitor: Visitor) -> None:
    """A contributor finds the page from every other page."""
    visitor.add()
    assert 'href="/uploads"' in visitor.get("/").text


def test_page_renews_the_contributor_cookie(visitor: Visitor) -> None:
    """Opening the page extends the cookie by 400 days; other pages do not send it again."""
    visitor.add()
    assert "Max-Age=34560000" in str(visitor.get("/uploads").headers.get_all("Set-Cookie"))
    assert not visitor.get("/").headers.get_all("Set-Cookie")


def test_page_needs_the_upload_password(config: Config, services: Services) -> None:
    """With an upload password the page and its forms need a login."""
    visitor = Visitor(create_app(replace(config, upload_password="let me add"), services))
    assert visitor.get("/uploads").location == "/login?next=/uploads"
    token = visitor.fields("/login")
    assert visitor.post(DELETE, token | {"photo": "x", "confirm": "yes"}).status_code == 403


def test_link_selects_all_photos_of_a_page(visitor: Visitor) -> None:
    """Without JavaScript one link checks all boxes, and another clears them."""
    photo_ids = [visitor.add() for _ in range(2)]
    page = visitor.get("/uploads").text
    assert selected(page) == []
    assert "/uploads?select=all" in page
    assert sorted(selected(visitor.get("/uploads?select=all").text)) == sorted(photo_ids)


def test_tags_of_chosen_photos_are_changed(visitor: Visitor, service: PhotoService) -> None:
    """Other texts and other photos keep their values."""
    one, two, other = (
        visitor.add(tags="sea, sand"),
        visitor.add(tags="hill"),
        visitor.add(tags="sea"),
    )
    answer = send(visitor, TAGS, [one, two], add="Busan, 바다", remove="sea")
    assert answer.location == "/uploads"
    assert "2 photos updated" in visitor.get(answer.location).text
    tags = [set(service.get(photo_id).tags) for photo_id in (one, two, other)]
    assert tags == [{"sand", "busan", "바다"}, {"hill", "busan", "바다"}, {"sea"}]


def test_photo_that_has_the_tags_is_not_written(visitor: Visitor, service: PhotoService) -> None:
    """Its version does not change."""
    photo_id = visitor.add(tags="sea")
    send(visitor, TAGS, [photo_id], add="Sea", remove="hill")
    assert service.get(photo_id).version == 1


@pytest.mark.parametrize(
    ("chosen", "typed", "text"),
    [
        (0, {"add": "sea"}, "Select at least one"),
        (1, {}, "Enter a tag"),
        (1, {"add": "x" * 51, "remove": "hill"}, "limit 50"),
    ],
)
def test_invalid_form_is_422_and_keeps_its_values(
    visitor: Visitor, service: PhotoService, chosen: int, typed: dict[str, str], text: str
) -> None:
    """Without a photo, without a tag or with an invalid tag the form names the fault."""
    photo_id = visitor.add(tags="hill")
    answer = send(visitor, TAGS, [photo_id][:chosen], **typed)
    assert answer.status_code == 422
    assert text in answer.text
    assert selected(answer.text) == [photo_id][:chosen]
    assert all(f'value="{text}"' in answer.text for text in typed.values())
    assert service.get(photo_id).version == 1


def test_more_photos_than_a_page_are_rejected(visitor: Visitor) -> None:
    """One request changes at most one page of photos."""
    visitor.add()
    for path in (
        TAGS,
        DELETE,
        RESTORE,
    ):
        answer = send(
            visitor, path, map(str, range(pagination.PAGE_SIZE + 1)), add="sea", confirm="yes"
        )
        assert answer.status_code == 422
        assert "31 photos are too many at once (limit 30)" in answer.text


def test_each_photo_succeeds_or_fails_on_its_own(
    app: Flask, visitor: Visitor, service: PhotoService
) -> None:
    """Photos that were not changed are listed with the reason and stay selected."""
    full = visitor.add(title="Full", tags=", ".join(map(str, range(20))))
    fine = visitor.add(title="Fine")
    another = Visitor(app).add(title="Stranger’s")
    answer = send(visitor, TAGS, [full, fine, another, "nothing"], add="sea")
    assert answer.status_code == 422
    assert "Full</a>: There is 1 tag too many" in answer.text
    assert "can change it" in answer.text
    assert "We can’t find this photo" in answer.text
    assert "Stranger" not in answer.text
    assert selected(answer.text) == [full]
    assert service.get(fine).tags == ("sea",)
    assert service.get(another).tags == ()


def test_concurrent_edit_is_not_overwritten(
    visitor: Visitor, service: PhotoService, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The photo is listed with a 409, and sending the form again changes it."""
    photo_id = visitor.add(title="Dusk", tags="sea")
    real = backend.catalog.update

    def late(before: Photo, after: Photo) -> None:
        real(before, before.next_version(title="Dawn"))
        real(before, after)

    with monkeypatch.context() as patch:
        patch.setattr(backend.catalog, "update", late)
        answer = send(visitor, TAGS, [photo_id], add="hill")
    assert answer.status_code == 409
    assert str(EditConflict(photo_id)) in answer.text
    assert service.get(photo_id).tags == ("sea",)
    assert send(visitor, TAGS, [photo_id], add="hill").status_code == 303
    assert (service.get(photo_id).title, service.get(photo_id).tags) == ("Dawn", ("sea", "hill"))


def test_storage_error_stops_the_remaining_photos(
    visitor: Visitor, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remaining photos are listed with the same 503, without a call for each."""
    photo_ids = [visitor.add(title=f"Photo {n}") for n in range(3)]
    calls = []

    def failing(*_: object) -> None:
        calls.append(1)
        raise StorageUnavailable("throttled")

    monkeypatch.setattr(backend.catalog, "update", failing)
    answer = send(visitor, TAGS, photo_ids, add="sea")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert len(calls) == 1
    assert answer.text.count("Storage isn’t answering") == 3
    assert sorted(selected(answer.text)) == sorted(photo_ids)


def test_chosen_photos_are_deleted_after_a_confirmation(
    visitor: Visitor, service: PhotoService
) -> None:
    """One button restores all of them."""
    one, two, other = (visitor.add(title=title) for title in ("One", "Two", "Other"))
    asked = send(visitor, DELETE, [one, two])
    assert asked.status_code == 200
    assert "Delete these 2 photos?" in asked.text
    assert re.findall(r'type="hidden" name="photo" value="(\w+)"', asked.text) == [two, one]
    assert service.get(one).state is PhotoState.PUBLIC

    assert send(visitor, DELETE, [one, two], confirm="yes").location == "/uploads"
    page = visitor.get("/uploads").text
    assert selectable(page) == [other]
    assert "2 photos deleted" in page
    undo = re.search(r'action="(/photos/select/restore[^"]*)"', page)
    assert undo
    hidden = re.findall(r'type="hidden" name="photo" value="(\w+)"', page)
    assert sorted(hidden) == sorted([one, two])
    assert send(visitor, unescape(undo.group(1)), hidden).location == "/uploads"
    assert selectable(visitor.get("/uploads").text) == [other, two, one]


def test_confirmation_finds_photos_that_moved_to_another_page(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Photos of others are left out, and a form with none of one's own is a 404."""
    monkeypatch.setattr(pagination, "PAGE_SIZE", 2)
    one, two, _ = (visitor.add(), visitor.add(), visitor.add())
    another = Visitor(app).add()
    asked = send(visitor, DELETE, [one, another, two])
    assert re.findall(r'type="hidden" name="photo" value="(\w+)"', asked.text) == [two, one]
    assert send(visitor, DELETE, [another]).status_code == 404


def test_deleted_photos_can_be_restored(
    app: Flask, visitor: Visitor, service: PhotoService
) -> None:
    """They are listed on a page of their own, without an image, with their expiry date."""
    photo_id, other = visitor.add(title="Dusk"), visitor.add(title="Other")
    visitor.submit(f"/photos/{photo_id}/delete")
    page = visitor.get("/uploads/deleted").text
    assert selectable(page) == [photo_id]
    assert re.search(r"gone for good on <time datetime=", page)
    assert "/media/" not in page.partition('class="thumbnail-list"')[2]
    assert selectable(Visitor(app).get("/uploads/deleted").text) == []
    answer = send(visitor, RESTORE, [photo_id])
    assert answer.location == "/uploads/deleted"
    assert "1 photo restored" in visitor.get(answer.location).text
    assert selectable(visitor.get("/uploads").text) == [other, photo_id]
    assert service.get(photo_id).state is PhotoState.PUBLIC


def test_photo_that_is_being_deleted_cannot_be_restored_yet(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """The others are restored, and this one is listed with the reason."""
    moving, resting = visitor.add(title="Moving"), visitor.add(title="Resting")
    for photo_id in (moving, resting):
        visitor.submit(f"/photos/{photo_id}/delete")
    trashed = service.get_any_state(moving)
    backend.catalog.update(trashed, trashed.next_version(lease_expires_at=4_000_000_000))
    answer = send(visitor, RESTORE, [moving, resting])
    assert answer.status_code == 503
    assert "Moving</a>: This photo is being hidden, deleted or restored" in answer.text
    assert selected(answer.text) == [moving]
    assert service.get(resting).state is PhotoState.PUBLIC


def test_page_says_who_hid_a_photo(config: Config, services: Services) -> None:
    """Contributors see which photos the admin hid, and the admin which the contributors hid."""
    app = create_app(replace(config, admin_password="change it all"), services)
    contributor, admin = Visitor(app), Visitor(app)
    admin.submit("/login", password="change it all")
    one, two = contributor.add(), contributor.add()
    contributor.post(f"/photos/{one}/hide", contributor.fields("/upload"))
    admin.post(f"/photos/{two}/hide", admin.fields("/upload"))
    assert re.findall(r">(Hidden[^<]*)</small>", contributor.get("/uploads").text) == [
        "Hidden by the site’s manager",
        "Hidden",
    ]
    assert admin.get("/admin/hidden").text.count("hidden by uploader") == 1


def test_expired_photo_is_not_listed(
    visitor: Visitor, service: PhotoService, backend: Backend
) -> None:
    """A photo that the trash may purge at any moment is left out."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    trashed = service.get_any_state(photo_id)
    backend.catalog.update(trashed, trashed.next_version(expires_at=1_000_000_000))
    assert selectable(visitor.get("/uploads/deleted").text) == []


def test_pages_link_to_each_other(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form leads back to the page from which it was sent."""
    monkeypatch.setattr(pagination, "PAGE_SIZE", 2)
    photo_ids = [visitor.add() for _ in range(3)][::-1]
    assert selectable(visitor.get("/uploads").text) == photo_ids[:2]
    older = f"/uploads?before={photo_ids[1]}"
    assert older in visitor.get("/uploads").text
    page = visitor.get(older).text
    assert selectable(page) == photo_ids[2:]
    assert f'action="/photos/select/entered?in=uploads&amp;before={photo_ids[1]}"' in page
    assert (
        send(
            visitor,
            f"{TAGS}&before={photo_ids[1]}",
            photo_ids[2:],
            add="sea",
        ).location
        == older
    )
    newer = re.search(r'rel="prev" href="([^"]*)"', page)
    assert newer
    assert visitor.get(newer.group(1)).location == "/uploads"
    assert visitor.get("/uploads?before=nothing").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        TAGS,
        DELETE,
        RESTORE,
    ],
)
def test_forms_need_a_csrf_token(visitor: Visitor, service: PhotoService, path: str) -> None:
    """Without the token a form changes nothing."""
    photo_id = visitor.add(tags="hill")
    answer = visitor.post(path, {"photo": photo_id, "add": "sea", "confirm": "yes"})
    assert answer.status_code == 400
    assert service.get(photo_id).version == 1


def test_undo_redirects_only_to_this_site(visitor: Visitor) -> None:
    """A forged `back` is not followed."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    answer = send(visitor, "/photos/select/restore?in=deleted&back=//evil.example/", [photo_id])
    assert answer.location == "/uploads/deleted"
