"""A word with several meanings has a translation for each, and one photo is not “them”."""

import re
from dataclasses import replace

import pytest

from app.config import Config
from app.services.photo_service import PhotoService
from tests.conftest import ADMIN_PASSWORD
from tests.visitor import Visitor

_PLURAL_WORDS = re.compile(r"\b(?:them|they|these|they’re|photos)\b", re.IGNORECASE)


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, admin_password=ADMIN_PASSWORD)


def plural_words(page: str) -> list[str]:
    """Return the words about several photos in the question of a page."""
    (form,) = re.findall(r'<form class="panel".*?</form>', page, re.DOTALL)
    return _PLURAL_WORDS.findall(re.sub(r"<[^>]*>", " ", form))


@pytest.mark.parametrize(
    ("language", "heading", "button"),
    [("de", "Suche", "Suchen"), ("fr", "Recherche", "Rechercher"), ("en", "Search", "Search")],
)
def test_a_heading_is_a_noun_and_a_button_a_verb(
    visitor: Visitor, language: str, heading: str, button: str
) -> None:
    page = visitor.get(f"/search?lang={language}").text
    assert f"<h1>{heading}</h1>" in page
    assert f'<button class="button-primary">{button}</button>' in page


@pytest.mark.parametrize(
    ("language", "listing", "state"),
    [("es", "Ocultas", "Oculta"), ("fr", "Masquées", "Masquée"), ("en", "Hidden", "Hidden")],
)
def test_a_list_is_of_several_photos_and_a_state_of_one(
    visitor: Visitor, admin: Visitor, language: str, listing: str, state: str
) -> None:
    visitor.post(f"/photos/{visitor.add()}/hide", visitor.fields("/upload"))
    page = admin.get(f"/admin/hidden?lang={language}").text
    assert re.search(rf'aria-current="page">\s*{listing}\s*<', page)
    visitor.get(f"/?lang={language}")
    assert f"<small>{state}</small>" in visitor.get("/uploads").text


def test_the_question_about_a_selected_photo_is_about_one(visitor: Visitor) -> None:
    form = {**visitor.fields("/upload"), "photo": visitor.add()}
    page = visitor.post("/photos/select/delete?in=uploads", form).text
    assert "Delete 1 photo?" in page
    assert plural_words(page) == []


@pytest.mark.parametrize("verb", ["hide", "delete", "purge"])
def test_the_question_about_a_contributor_of_one_photo_is_about_one(
    visitor: Visitor, admin: Visitor, service: PhotoService, verb: str
) -> None:
    owner = service.get(visitor.add()).owner
    page = admin.get(f"/admin/contributors/{owner}/{verb}").text
    assert plural_words(page) == []


def test_the_question_about_several_photos_is_found() -> None:
    assert plural_words('<form class="panel"><p>Delete them?</p></form>') == ["them"]
