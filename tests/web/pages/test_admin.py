"""The keeper's page."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo import State
from app.services.photo_service import PhotoLibrary
from tests.visitor import Visitor


@pytest.fixture
def app(config: Config, library: PhotoLibrary) -> Flask:
    return create_app(replace(config, admin_password="change it all", upload_password="let me add"), library)


@pytest.fixture
def keeper(app: Flask) -> Visitor:
    return _logged_in(app, "change it all")


@pytest.fixture
def contributor(app: Flask) -> Visitor:
    return _logged_in(app, "let me add")


def _logged_in(app: Flask, password: str) -> Visitor:
    visitor = Visitor(app)
    visitor.submit("/login", password=password)
    return visitor


def press(keeper: Visitor, page: str, verb: str, photo_id: str) -> str:
    """Press the button of one photo on one page; gives where that leads."""
    action = re.search(rf'formaction="(/photos/{photo_id}/{verb}[^"]*)"', keeper.get(page).text)
    assert action
    answer = keeper.post(action.group(1), keeper.fields(page))
    assert answer.status_code == 303
    return answer.location


def test_nobody_else_is_let_in(app: Flask, contributor: Visitor, config: Config, library: PhotoLibrary) -> None:
    """Visitors and contributors are asked for the admin password; where there is none, there is no such page."""
    for visitor in (Visitor(app), contributor):
        for page in ("/keeper", "/keeper/hidden", "/keeper/deleted"):
            assert visitor.get(page).location == f"/login?next={page}"
        assert 'href="/keeper"' not in visitor.get("/").text
    assert Visitor(create_app(config, library)).get("/keeper").status_code == 404


def test_the_header_leads_there(keeper: Visitor) -> None:
    """The keeper finds the page from every other."""
    assert 'href="/keeper"' in keeper.get("/").text


def test_hiding_is_one_click_and_so_is_undoing_it(keeper: Visitor, contributor: Visitor, library: PhotoLibrary) -> None:
    """From the newest uploads a click hides a photo, from the hidden ones a click shows it; each leads back."""
    photo_id = contributor.add(title="Dusk")
    assert press(keeper, "/keeper", "hide", photo_id) == "/keeper"
    page = keeper.get("/keeper").text
    assert f"/photos/{photo_id}/show?back=/keeper" in page  # the undo
    assert "/hide" not in page
    assert library.get(photo_id).state is State.HIDDEN
    assert press(keeper, "/keeper/hidden", "show", photo_id) == "/keeper/hidden"
    assert photo_id not in keeper.get("/keeper/hidden").text.partition("<main")[2].partition("</form>")[2]
    assert library.get(photo_id).state is State.PUBLIC


def test_deleting_asks_first_and_can_be_undone(keeper: Visitor, contributor: Visitor, library: PhotoLibrary) -> None:
    """Delete leads to the question, the answer back to the list, and the deleted ones can be restored for 30 days."""
    photo_id = contributor.add(title="Dusk")
    question = f"/photos/{photo_id}/delete?back=/keeper"
    assert question in keeper.get("/keeper").text
    assert keeper.submit(question).location == "/keeper"
    assert f"/photos/{photo_id}/restore?back=/keeper" in keeper.get("/keeper").text  # the undo
    assert press(keeper, "/keeper/deleted", "restore", photo_id) == "/keeper/deleted"
    assert library.get(photo_id).state is State.PUBLIC


def test_the_figures(keeper: Visitor, contributor: Visitor, library: PhotoLibrary) -> None:
    """What is kept, what is in the trash, and how many came today, each with its bytes."""
    photo_ids = [contributor.add() for _ in range(3)]
    contributor.submit(f"/photos/{photo_ids[0]}/delete")
    figures = keeper.get("/keeper").text.partition('class="figures"')[2].partition("</section>")[0]
    assert re.findall(r"<dd>(.*?)<small>", figures) == ["2 photos", "1 photo"]
    assert re.findall(r'datetime="([\d-]+)"', figures) == [library.get(photo_ids[1]).uploaded_at.date().isoformat()]
    assert re.findall(r"<td>(\d+)</td>", figures) == ["2"]


def test_an_empty_site_has_a_page_too(keeper: Visitor) -> None:
    """Before the first photo there is nothing to list and nothing to count."""
    for page in ("/keeper", "/keeper/hidden", "/keeper/deleted"):
        assert keeper.get(page).status_code == 200


def test_the_keeper_s_pages_are_no_robot_s(keeper: Visitor) -> None:
    """robots.txt asks to leave them alone."""
    assert "Disallow: /keeper\n" in keeper.get("/robots.txt").text
