"""Texts that stand alone begin with a capital in every language."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.services.factory import Services
from app.web.rendering.languages.capitals import capitalized
from tests.sample_images import jpeg, phone_exif
from tests.sample_photos import make_photo
from tests.visitor import Visitor

CATALOGS = Path(__file__).parents[4] / "translations"
LANGUAGES = ("en", *sorted(path.name.replace("_", "-") for path in CATALOGS.iterdir()))
ALONE = {"h1", "h2", "h3", "a", "button", "dt", "label", "option", "summary", "title"}
PAGES = (
    "/?order=added",
    "/?order=taken",
    "/2025",
    "/2025/8",
    "/undated",
    "/uploads",
    "/photos/select?in=uploads",
    "/photos/select?in=taken:2025",
    "/search?q=Phone",
)


class _Texts(HTMLParser):
    """Collect the texts of elements that are no part of a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in ALONE:
            self._depth += 1
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in ALONE

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.texts[-1] += data


def small_texts(page: str) -> list[str]:
    """Return the texts that begin with a small letter, though they stand alone."""
    parser = _Texts()
    parser.feed(page)
    parser.close()
    return [text for text in map(str.strip, parser.texts) if text[:1].islower()]


@pytest.fixture
def paths(visitor: Visitor, services: Services) -> list[str]:
    """Return pages with photos of several dates, one of which has metadata that is removed."""
    visitor.upload(jpeg(exif=phone_exif()))
    batch = visitor.upload(jpeg(exif=phone_exif()), jpeg(80, 60)).location
    for day in ("", "9"):
        taken = {"taken_year": "2025", "taken_month": "8", "taken_day": day}
        photo_path = visitor.upload(jpeg(exif=phone_exif())).location
        visitor.submit(f"{photo_path}/edit", **taken)
    services.backend.catalog.publish(make_photo(taken_at=None))
    return [*PAGES, batch, photo_path, f"{photo_path}/edit"]


def test_texts_that_stand_alone_begin_with_a_capital(visitor: Visitor, paths: list[str]) -> None:
    """Headings, links, labels and options do, also those with a date or a fact in front."""
    found = {}
    for language in LANGUAGES:
        for path in paths:
            page = visitor.get(path, headers={"Accept-Language": language}).text
            if small := small_texts(page):
                found[language, path] = small
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_removed_facts_have_a_capital_where_they_are_first(visitor: Visitor, language: str) -> None:
    """The first letter of the sentence is a capital, and none inside it."""
    visitor.get(f"/?lang={language}")
    answer = visitor.upload_json(jpeg(exif=phone_exif()))
    text = answer.json["photos"][0]["removed_text"]
    assert not text[:1].islower()
    if language != "de":  # its nouns have capitals
        assert not any(letter.isupper() for letter in text[1:]), text


def test_other_letters_stay() -> None:
    assert capitalized("août 2026") == "Août 2026"
    assert capitalized("élan Vital") == "Élan Vital"
    assert capitalized("3 – 9 de noviembre") == "3 – 9 de noviembre"
    assert capitalized("") == ""


def test_a_small_heading_is_found() -> None:
    assert small_texts("<h2> août</h2><p>août</p><a><b>août</b></a>") == ["août", "août"]
