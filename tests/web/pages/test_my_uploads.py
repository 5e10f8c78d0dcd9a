"""A contributor's own uploads, and those that were deleted."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from app.services.photo_service import PhotoService
from app.web import pagination
from tests.backends import Backend
from tests.visitor import Visitor
from tests.web.bulk.own_uploads import DELETE, RESTORE, TAGS, selectable, selected, send


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


def test_undo_redirects_only_to_this_site(visitor: Visitor) -> None:
    """A forged `back` is not followed."""
    photo_id = visitor.add()
    visitor.submit(f"/photos/{photo_id}/delete")
    answer = send(visitor, "/photos/select/restore?in=deleted&back=//evil.example/", [photo_id])
    assert answer.location == "/uploads/deleted"
