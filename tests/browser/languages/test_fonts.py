"""Each language has fonts of its own: Japanese and Chinese are not written in Korean shapes."""

import pytest
from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("size", [(390, 844)], ids=[""]),
]

LANGUAGES = ("en", "fr", "ja", "ko", "zh-Hans")
WITHOUT_SERIFS = {"ja", "ko", "zh-Hans"}
STYLE = "([element, name]) => getComputedStyle(document.querySelector(element))[name]"


def style(page: Page, element: str, name: str) -> str:
    return str(page.evaluate(STYLE, [element, name]))


def fonts(page: Page, element: str) -> list[str]:
    """Return the names of the fonts in which the browser draws an element."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    query = {"nodeId": root, "selector": element}
    node = session.send("DOM.querySelector", query)
    found = session.send("CSS.getPlatformFontsForNode", node)["fonts"]
    return [font["familyName"] for font in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_have_serifs_only_where_people_write_them(page: Page, language: str) -> None:
    """Lines break inside a word in Japanese and Chinese, which have no spaces."""
    page.goto(f"/login?lang={language}")
    family, title = (style(page, element, "fontFamily") for element in ("body", "h1"))
    assert (family == title) == (language in WITHOUT_SERIFS)
    assert style(page, "h1", "wordBreak") == ("keep-all" if language == "ko" else "normal")


@pytest.mark.parametrize("language", ["ja", "zh-Hans"])
def test_no_korean_font_draws_another_language(page: Page, language: str) -> None:
    """Where the machine has one for each: this shows nothing where it has none of them."""
    page.goto(f"/login?lang={language}")
    page.evaluate("document.querySelector('h1').textContent = '直骨写照片'")
    assert not [name for name in fonts(page, "h1") if name.endswith(" KR") or "Malgun" in name]
