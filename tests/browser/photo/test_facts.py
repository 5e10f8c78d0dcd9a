"""The facts of a photo, in every language."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.web.rendering.languages.catalogs import find_catalogs
from tests.browser.conftest import upload_photos
from tests.sample_images import jpeg, phone_exif

LANGUAGES = find_catalogs(Path(__file__).parents[3] / "translations")
# Labels of one word that have several lines.
BROKEN = """() => [...document.querySelectorAll('.photo-facts dt')].filter(it => {
  const range = document.createRange();
  range.selectNodeContents(it);
  return !it.textContent.trim().includes(' ') && range.getClientRects().length > 1;
}).map(it => it.textContent.trim())"""


@pytest.mark.browser
@pytest.mark.parametrize("size", [(320, 640)], ids=[""])
def test_no_label_is_broken_within_a_word(page: Page) -> None:
    """The column of the labels is as wide as the longest word of any language."""
    [photo] = upload_photos(page, [jpeg(exif=phone_exif())])
    for tag in LANGUAGES:
        page.goto(f"{photo}?lang={tag}")
        assert page.evaluate(BROKEN) == [], tag
