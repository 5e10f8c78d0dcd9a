"""A browser finds a text for each plural category of its own version of CLDR."""

import pytest
from playwright.sync_api import Page

from tests.translations.plural_numbers import NUMBERS, plural_locales, provided_categories

CATEGORIES = """([tags, numbers]) => Object.fromEntries(
  Intl.PluralRules.supportedLocalesOf(tags).map(tag => {
    const rules = new Intl.PluralRules(tag);
    return [tag, [...new Set(numbers.map(number => rules.select(number)))]];
  })
)"""


@pytest.mark.browser
@pytest.mark.parametrize("size", [(390, 844)], ids=[""])
def test_every_category_that_a_browser_selects_has_its_text(page: Page) -> None:
    """In every language that both know, for small numbers and round ones."""
    locales = {str(locale).replace("_", "-"): locale for locale in plural_locales()}
    selected = page.evaluate(CATEGORIES, [list(locales), NUMBERS])
    assert len(selected) > 100
    missing = {
        tag: lacking
        for tag, categories in selected.items()
        if (lacking := set(categories) - provided_categories(locales[tag]))
    }
    assert missing == {}
