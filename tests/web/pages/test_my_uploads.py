"""What a visitor has added: seeing it all, and changing many at once."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain.errors import EditConflict, StorageUnavailable
from app.domain.photo import Photo, PhotoState
from app.services.photo_service import PhotoService
from app.web import pagination
from tests.visitor import Visitor


def send(visitor: Visitor, path: str, photo_ids: Iterable[str], **typed: Any) -> TestResponse:
    """Tick photos and press one of the page's buttons."""
    token = visitor.fields("/upload")["csrf_token"]
    return visitor.post(path, {"csrf_token": token, "photo": list(photo_ids), **typed})


def offered(page: str) -> list[str]:
    """The photos that can be ticked, in their order."""
    return re.findall(r'type="checkbox" name="photo" value="(\w+)"', page)


def ticked(page: str) -> list[str]:
    return re.findall(r'type="checkbox" name="photo" value="(\w+)" checked', page)


def test_only_the_visitor_s_own_photos_are_there(app: Flask, visitor: Visitor) -> None:
    """The page lists what this browser added, hidden ones marked, newest first, and nobody else's."""
    Visitor(app).add(title="Another's")
    first, second = visitor.add(title="First"), visitor.add(title="Second")
    assert ">Hidden<" not in visitor.get("/uploads").text
    visitor.post(f"/photos/{first}/hide", visitor.fields("/upload"))
    page = visitor.get("/uploads").text
    assert offered(page) == [second, first]
    assert ">Hidden<" in page
    assert "Another" not in page


def test_a_stranger_is_invited(app: Flask) -> None:
    """A browser that has added nothing finds no photo, becomes no contributor, and is shown the way."""
    stranger = Visitor(app)
    answer = stranger.get("/uploads")
    assert offered(answer.text) == []
    assert 'href="/upload"' in answer.text
    assert stranger.client.get_cookie("contributor") is None
    assert 'href="/uploads"' not in stranger.get("/").text


def test_the_header_leads_there(visitor: Visitor) -> None:
    """Whoever has added a photo finds the page from every other."""
    visitor.add()
    assert 'href="/uploads"' in visitor.get("/").text


def test_its_cookie_lasts_as_long_as_it_is_used(visitor: Visitor) -> None:
    """Whoever comes to look at their photos keeps them for another 400 days; other pages send no cookie again."""
    visitor.add()
    assert "Max-Age=34560000" in str(visitor.get("/uploads").headers.get_all("Set-Cookie"))
    assert not visitor.get("/").headers.get_all("Set-Cookie")


def test_it_takes_the_upload_password(config: Config, service: PhotoService) -> None:
    """Where uploading takes a password, so does the page, and so do its forms."""
    visitor = Visitor(create_app(replace(config, upload_password="let me add"), service))
    assert visitor.get("/uploads").location == "/login?next=/uploads"
    token = visitor.fields("/login")
    assert (
        visitor.post("/uploads/delete", token | {"photo": "x", "confirm": "yes"}).status_code == 403
    )


def test_all_of_a_page_are_ticked_by_a_link(visitor: Visitor) -> None:
    """Without a script a link ticks every photo of the page, and another none."""
    photo_ids = [visitor.add() for _ in range(2)]
    page = visitor.get("/uploads").text
    assert ticked(page) == []
    assert "/uploads?select=all" in page
    assert sorted(ticked(visitor.get("/uploads?select=all").text)) == sorted(photo_ids)


def test_tags_of_many_are_changed_at_once(visitor: Visitor, service: PhotoService) -> None:
    """The chosen photos get the new tags and lose the old ones; what else they say, and the others, stay."""
    one, two, other = (
        visitor.add(tags="sea, sand"),
        visitor.add(tags="hill"),
        visitor.add(tags="sea"),
    )
    answer = send(visitor, "/uploads/tags", [one, two], add="Busan, 바다", remove="sea")
    assert answer.location == "/uploads"
    assert "2 photos updated" in visitor.get(answer.location).text
    tags = [set(service.get(photo_id).tags) for photo_id in (one, two, other)]
    assert tags == [{"sand", "busan", "바다"}, {"hill", "busan", "바다"}, {"sea"}]


def test_what_changes_nothing_writes_nothing(visitor: Visitor, service: PhotoService) -> None:
    """A photo that has the tags already, and none of the unwanted, stays at its version."""
    photo_id = visitor.add(tags="sea")
    send(visitor, "/uploads/tags", [photo_id], add="Sea", remove="hill")
    assert service.get(photo_id).version == 1


@pytest.mark.parametrize(
    ("chosen", "typed", "words"),
    [
        (0, {"add": "sea"}, "Select at least one"),
        (1, {}, "Enter a tag"),
        (1, {"add": "x" * 51, "remove": "hill"}, "limit 50"),
    ],
)
def test_what_is_wrong_with_the_form_is_said(
    visitor: Visitor, service: PhotoService, chosen: int, typed: dict[str, str], words: str
) -> None:
    """A form without a photo, without a tag or with a wrong one is a 422 that keeps what was typed and ticked."""
    photo_id = visitor.add(tags="hill")
    answer = send(visitor, "/uploads/tags", [photo_id][:chosen], **typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert ticked(answer.text) == [photo_id][:chosen]
    assert all(f'value="{text}"' in answer.text for text in typed.values())
    assert service.get(photo_id).version == 1


def test_more_photos_than_a_page_has_are_refused(visitor: Visitor) -> None:
    """Nobody starts more than a page's worth of work with one request."""
    visitor.add()
    for path in ("/uploads/tags", "/uploads/delete", "/uploads/restore"):
        answer = send(
            visitor, path, map(str, range(pagination.PAGE_SIZE + 1)), add="sea", confirm="yes"
        )
        assert answer.status_code == 422
        assert "31 photos are too many at once (limit 30)" in answer.text


def test_each_photo_succeeds_or_fails_by_itself(
    app: Flask, visitor: Visitor, service: PhotoService
) -> None:
    """Of several photos each that stays as it was is named with the reason and still ticked; the others are done."""
    full = visitor.add(title="Full", tags=", ".join(map(str, range(20))))
    fine = visitor.add(title="Fine")
    another = Visitor(app).add(title="Another's")
    answer = send(visitor, "/uploads/tags", [full, fine, another, "nothing"], add="sea")
    assert answer.status_code == 422
    assert "Full</a>: 21 tags are too many" in answer.text
    assert "can change it" in answer.text
    assert "We can’t find this photo" in answer.text
    assert "Another" not in answer.text
    assert ticked(answer.text) == [full]
    assert service.get(fine).tags == ("sea",)
    assert service.get(another).tags == ()


def test_a_photo_that_changes_meanwhile_is_told(
    visitor: Visitor, service: PhotoService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit that comes in between is not overwritten: the photo is named with a 409, and done when sent again."""
    photo_id = visitor.add(title="Dusk", tags="sea")
    real = service.catalog.update

    def late(before: Photo, after: Photo) -> None:
        real(before, before.next_version(title="Dawn"))
        real(before, after)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(service.catalog, "update", late)
        answer = send(visitor, "/uploads/tags", [photo_id], add="hill")
    assert answer.status_code == 409
    assert str(EditConflict(photo_id)) in answer.text
    assert service.get(photo_id).tags == ("sea",)
    assert send(visitor, "/uploads/tags", [photo_id], add="hill").status_code == 303
    assert (service.get(photo_id).title, service.get(photo_id).tags) == ("Dawn", ("sea", "hill"))


def test_a_storage_that_fails_is_asked_once(
    visitor: Visitor, service: PhotoService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the storage does not answer for one photo the others wait too: a 503 says so of each."""
    photo_ids = [visitor.add(title=f"Photo {n}") for n in range(3)]
    calls = []

    def failing(*_: object) -> None:
        calls.append(1)
        raise StorageUnavailable("throttled")

    monkeypatch.setattr(service.catalog, "update", failing)
    answer = send(visitor, "/uploads/tags", photo_ids, add="sea")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert len(calls) == 1
    assert answer.text.count("Storage isn’t answering") == 3
    assert sorted(ticked(answer.text)) == sorted(photo_ids)


def test_deleting_many_asks_first_and_can_be_undone(
    visitor: Visitor, service: PhotoService
) -> None:
    """The chosen photos are shown and nothing happens before a yes; one button brings all of them back."""
    one, two, other = (visitor.add(title=title) for title in ("One", "Two", "Other"))
    asked = send(visitor, "/uploads/delete", [one, two])
    assert asked.status_code == 200
    assert "Delete these 2 photos?" in asked.text
    assert re.findall(r'type="hidden" name="photo" value="(\w+)"', asked.text) == [two, one]
    assert service.get(one).state is PhotoState.PUBLIC

    assert send(visitor, "/uploads/delete", [one, two], confirm="yes").location == "/uploads"
    page = visitor.get("/uploads").text
    assert offered(page) == [other]
    assert "2 photos deleted" in page
    undo = re.search(r'action="(/uploads/restore[^"]*)"', page)
    assert undo
    hidden = re.findall(r'type="hidden" name="photo" value="(\w+)"', page)
    assert sorted(hidden) == sorted([one, two])
    assert send(visitor, undo.group(1), hidden).location == "/uploads"
    assert offered(visitor.get("/uploads").text) == [other, two, one]


def test_what_has_come_to_be_on_another_page_is_asked_about_too(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Photos added since push the chosen ones on; another's are never among them, and none is a 404."""
    monkeypatch.setattr(pagination, "PAGE_SIZE", 2)
    one, two, _ = (visitor.add(), visitor.add(), visitor.add())
    another = Visitor(app).add()
    asked = send(visitor, "/uploads/delete", [one, another, two])
    assert re.findall(r'type="hidden" name="photo" value="(\w+)"', asked.text) == [two, one]
    assert send(visitor, "/uploads/delete", [another]).status_code == 404


def test_what_was_deleted_can_be_brought_back(
    app: Flask, visitor: Visitor, service: PhotoService
) -> None:
    """Deleted photos are listed to who added them, apart, until when, without an image, and can be restored."""
    photo_id, other = visitor.add(title="Dusk"), visitor.add(title="Other")
    visitor.submit(f"/photos/{photo_id}/delete")
    page = visitor.get("/uploads/deleted").text
    assert offered(page) == [photo_id]
    assert re.search(r"gone for good on <time datetime=", page)
    assert "/media/" not in page.partition('class="thumbnail-list"')[2]
    assert offered(Visitor(app).get("/uploads/deleted").text) == []
    answer = send(visitor, "/uploads/restore", [photo_id])
    assert answer.location == "/uploads/deleted"
    assert "1 photo restored" in visitor.get(answer.location).text
    assert offered(visitor.get("/uploads").text) == [other, photo_id]
    assert service.get(photo_id).state is PhotoState.PUBLIC


def test_a_photo_that_is_still_on_its_way_to_the_trash(
    visitor: Visitor, service: PhotoService
) -> None:
    """One of several that is being deleted at this moment is told so, and the others come back."""
    moving, resting = visitor.add(title="Moving"), visitor.add(title="Resting")
    for photo_id in (moving, resting):
        visitor.submit(f"/photos/{photo_id}/delete")
    trashed = service.get_any_state(moving)
    service.catalog.update(trashed, trashed.next_version(lease_expires_at=4_000_000_000))
    answer = send(visitor, "/uploads/restore", [moving, resting])
    assert answer.status_code == 503
    assert "Moving</a>: This photo is being deleted or restored" in answer.text
    assert ticked(answer.text) == [moving]
    assert service.get(resting).state is PhotoState.PUBLIC


def test_who_hid_a_photo_is_said(config: Config, service: PhotoService) -> None:
    """Contributors see which of their photos the admin hid, the admin which their contributors hid."""
    app = create_app(replace(config, admin_password="change it all"), service)
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


def test_a_photo_whose_time_is_over_is_not_offered(visitor: Visitor, service: PhotoService) -> None:
    """What the trash may lose at any moment is not listed any more, though its record is still there."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    trashed = service.get_any_state(photo_id)
    service.catalog.update(trashed, trashed.next_version(expires_at=1_000_000_000))
    assert offered(visitor.get("/uploads/deleted").text) == []


def test_the_pages_go_on_and_back(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of photos leads to the next, a form sent from there leads back there, and the way back to the first."""
    monkeypatch.setattr(pagination, "PAGE_SIZE", 2)
    photo_ids = [visitor.add() for _ in range(3)][::-1]
    assert offered(visitor.get("/uploads").text) == photo_ids[:2]
    older = f"/uploads?before={photo_ids[1]}"
    assert older in visitor.get("/uploads").text
    page = visitor.get(older).text
    assert offered(page) == photo_ids[2:]
    assert f'action="/uploads/tags?before={photo_ids[1]}"' in page
    assert (
        send(visitor, f"/uploads/tags?before={photo_ids[1]}", photo_ids[2:], add="sea").location
        == older
    )
    newer = re.search(r'rel="prev" href="([^"]*)"', page)
    assert newer
    assert visitor.get(newer.group(1)).location == "/uploads"
    assert visitor.get("/uploads?before=nothing").status_code == 404


@pytest.mark.parametrize("path", ["/uploads/tags", "/uploads/delete", "/uploads/restore"])
def test_another_site_can_t_send_these_forms(
    visitor: Visitor, service: PhotoService, path: str
) -> None:
    """Without the token a form changes nothing."""
    photo_id = visitor.add(tags="hill")
    answer = visitor.post(path, {"photo": photo_id, "add": "sea", "confirm": "yes"})
    assert answer.status_code == 400
    assert service.get(photo_id).version == 1


def test_an_undo_leads_to_no_other_site(visitor: Visitor) -> None:
    """A forged `back` is not followed."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    answer = send(visitor, "/uploads/restore?back=//evil.example/", [photo_id])
    assert answer.location == "/uploads/deleted"
