"""The admin's pages."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo_summary import PhotoState
from app.services.factory import Services
from app.services.photo_service import PhotoService
from tests.visitor import Visitor


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    return create_app(
        replace(config, admin_password="change it all", upload_password="let me add"), services
    )


@pytest.fixture
def admin(app: Flask) -> Visitor:
    return _logged_in(app, "change it all")


@pytest.fixture
def contributor(app: Flask) -> Visitor:
    return _logged_in(app, "let me add")


def _logged_in(app: Flask, password: str) -> Visitor:
    visitor = Visitor(app)
    visitor.submit("/login", password=password)
    return visitor


def press(admin: Visitor, page: str, verb: str, photo_id: str) -> str:
    """Press the button of one photo on one page; return where it redirects to."""
    action = re.search(rf'formaction="(/photos/{photo_id}/{verb}[^"]*)"', admin.get(page).text)
    assert action
    answer = admin.post(action.group(1), admin.fields(page))
    assert answer.status_code == 303
    return answer.location


def test_only_the_admin_may_open_the_pages(
    app: Flask, contributor: Visitor, config: Config, services: Services
) -> None:
    """Other visitors are asked to log in; without an admin password the pages are a 404."""
    for visitor in (Visitor(app), contributor):
        for page in ("/admin", "/admin/hidden", "/admin/deleted"):
            assert visitor.get(page).location == f"/login?next={page}"
        assert 'href="/admin"' not in visitor.get("/").text
    assert Visitor(create_app(config, services)).get("/admin").status_code == 404


def test_header_links_to_the_admin_page(admin: Visitor) -> None:
    """The admin finds the page from every other page."""
    assert 'href="/admin"' in admin.get("/").text


def test_admin_hides_and_unhides_with_one_click(
    admin: Visitor, contributor: Visitor, service: PhotoService
) -> None:
    """Each button leads back to the page that it is on."""
    photo_id = contributor.add(title="Dusk")
    assert press(admin, "/admin", "hide", photo_id) == "/admin"
    page = admin.get("/admin").text
    assert f"/photos/{photo_id}/unhide?back=/admin" in page  # the undo
    assert "/hide" not in page
    assert service.get(photo_id).state is PhotoState.HIDDEN
    assert press(admin, "/admin/hidden", "unhide", photo_id) == "/admin/hidden"
    assert (
        photo_id
        not in admin.get("/admin/hidden").text.partition("<main")[2].partition("</form>")[2]
    )
    assert service.get(photo_id).state is PhotoState.PUBLIC


def test_admin_deletes_after_a_confirmation_and_restores(
    admin: Visitor, contributor: Visitor, service: PhotoService
) -> None:
    """The confirmation leads back to the list, and the trash has a restore button."""
    photo_id = contributor.add(title="Dusk")
    question = f"/photos/{photo_id}/delete?back=/admin"
    assert question in admin.get("/admin").text
    assert admin.submit(question).location == "/admin"
    assert f"/photos/{photo_id}/restore?back=/admin" in admin.get("/admin").text  # the undo
    assert press(admin, "/admin/deleted", "restore", photo_id) == "/admin/deleted"
    assert service.get(photo_id).state is PhotoState.PUBLIC


def test_page_shows_how_much_is_stored(
    admin: Visitor, contributor: Visitor, service: PhotoService
) -> None:
    """Photos kept, photos in the trash and uploads of the day are shown with bytes."""
    photo_ids = [contributor.add() for _ in range(3)]
    contributor.submit(f"/photos/{photo_ids[0]}/delete")
    figures = (
        admin.get("/admin").text.partition('class="storage-stats"')[2].partition("</section>")[0]
    )
    assert re.findall(r"<dd>(.*?)<small>", figures) == ["2 photos", "1 photo"]
    assert re.findall(r'datetime="([\d-]+)"', figures) == [
        service.get(photo_ids[1]).uploaded_at.date().isoformat()
    ]
    assert re.findall(r"<td>(\d+)</td>", figures) == ["2"]


def test_page_of_an_empty_site_is_shown(admin: Visitor) -> None:
    """Without photos there is nothing to list and nothing to count."""
    for page in ("/admin", "/admin/hidden", "/admin/deleted"):
        assert admin.get(page).status_code == 200


def test_robots_txt_excludes_the_admin_pages(admin: Visitor) -> None:
    """Crawlers are asked not to open them."""
    assert "Disallow: /admin\n" in admin.get("/robots.txt").text
