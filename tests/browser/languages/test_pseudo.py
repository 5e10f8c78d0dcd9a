"""Every screen bears long texts and texts from right to left, and has no text untranslated."""

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from app.web.rendering import i18n
from tests.browser import screens as screen_modules
from tests.browser.conftest import add_photos, upload_photos
from tests.browser.languages.layout import layout_faults
from tests.browser.screens.all_screens import delete, log_in, screens
from tests.sample_images import jpeg, phone_exif
from tests.translations.english import english_in
from tests.translations.pseudo import (
    LANGUAGES,
    PseudoLanguage,
    locator_pattern,
    write_pseudo_catalogs,
)

pytestmark = [pytest.mark.browser, pytest.mark.exhaustive("pseudo-locales")]

PASSWORD = "admin password"
SIZES = ((390, 844), (320, 640), (1280, 800))
SAMPLE = 12  # a sampled run opens every twelfth screen, from another one in each language
WORD = re.compile("[A-Za-z]{2,}")
CAMERA = {"Acme", "Phone"}  # of tests.sample_images.phone_exif
# The attributes whose text is in the language of the page. Typed text is in none of them.
VISIBLE_HTML = """() => {
  const body = document.body.cloneNode(true);
  for (const element of body.querySelectorAll('[lang], script')) element.remove();
  return body.innerHTML;
}"""
HEX = re.compile("[a-f]+")  # parts of an identifier


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"admin_password": PASSWORD}


@pytest.fixture
def size() -> tuple[int, int]:
    return SIZES[0]


@pytest.fixture
def ignored_console_text() -> str:
    return "Failed to load resource: the server responded with a status of 4"


@pytest.fixture
def preferences(language: PseudoLanguage) -> dict[str, Any]:
    return {"locale": language.name}


@pytest.fixture(autouse=True)
def _pseudo_catalogs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the site the pseudo-languages instead of its catalogs."""
    folder = tmp_path / "translations"
    write_pseudo_catalogs(folder)
    install = i18n.init_app
    monkeypatch.setattr(i18n, "init_app", lambda app, _folder: install(app, folder))


@pytest.fixture(autouse=True)
def _translated_locators(language: PseudoLanguage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the screens name buttons and labels in English."""

    def translate(text: str, *, exact: bool = False) -> re.Pattern[str] | str:
        return language.translate(text) if exact else locator_pattern(language, text)

    def by_text(find: Callable[..., Locator], self: Any, text: str, **options: Any) -> Locator:
        return find(self, translate(text, **options), **options)

    def by_role(find: Callable[..., Locator], self: Any, role: str, **options: Any) -> Locator:
        names = {"name": translate(options["name"])} if "name" in options else {}
        return find(self, role, **(options | names))

    for kind in (Page, Locator):
        for name, replacement in (
            ("get_by_text", by_text),
            ("get_by_label", by_text),
            ("get_by_role", by_role),
        ):
            monkeypatch.setattr(kind, name, _method(replacement, getattr(kind, name)))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_every_screen_bears_other_languages(
    page: Page, language: PseudoLanguage, *, exhaustive: bool
) -> None:
    """Nothing is cut, overlaps, scrolls sideways or stays English, on a phone and a desktop."""
    log_in(page, PASSWORD)
    dated = upload_photos(page, [jpeg(exif=phone_exif())], tags="sea", description="Grey.")
    photos = [*dated, *add_photos(page, 3, tags="sea", description="Grey.")]
    delete(page, photos[-1])
    all_screens = screens(photos)
    start = LANGUAGES.index(language)
    checked = all_screens if exhaustive else all_screens[start::SAMPLE]
    data = _words_of_the_screens()
    found: dict[str, list[str]] = {}
    for name, open_screen in checked:
        open_screen(page)
        assert page.locator("html").get_attribute("lang") == language.name
        english = english_in(page.evaluate(VISIBLE_HTML)) - data
        faults = [f"untranslated: {word}" for word in english if not HEX.fullmatch(word)]
        for width, height in SIZES[::-1]:  # the next screen opens on a phone
            page.set_viewport_size({"width": width, "height": height})
            faults += [f"{width}: {fault}" for fault in layout_faults(page)]
        if faults:
            found[name] = faults
    assert {name: faults[:5] for name, faults in found.items()} == {}


def _method(replacement: Callable[..., Locator], find: Callable[..., Locator]) -> Any:
    return lambda self, *args, **options: replacement(find, self, *args, **options)


def _words_of_the_screens() -> set[str]:
    """Return the words that the screens enter: titles, tags and names of files."""
    folders = [Path(folder) for folder in screen_modules.__path__]
    paths = [path for folder in folders for path in folder.glob("*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (*paths, Path(__file__))]
    constants = [
        node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)
    ]
    texts = [text for text in constants if isinstance(text, str)]
    words = {word for text in texts for word in WORD.findall(text)}
    return words | {"Photo", "IMG"} | CAMERA | {letter * 20 for letter in "tx"}
