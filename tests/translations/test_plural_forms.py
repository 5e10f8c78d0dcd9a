"""Scripts get a text for each plural category that a whole number can have, in any language."""

from babel import Locale

from tests.translations.plural_numbers import NUMBERS, plural_locales, provided_categories


def test_every_category_of_a_whole_number_has_its_text() -> None:
    """So has `other`, which a script uses for a category that it does not know."""
    missing = {}
    for locale in plural_locales():
        needed = {locale.plural_form(number) for number in NUMBERS} | {"other"}
        lacking = needed - provided_categories(locale)
        if lacking:
            missing[str(locale)] = lacking
    assert missing == {}


def test_a_million_has_a_form_of_its_own() -> None:
    """In Spanish, French and Portuguese."""
    for name in ("es", "fr", "pt", "pt_PT"):
        assert provided_categories(Locale.parse(name)) == {"one", "many", "other"}
    assert provided_categories(Locale.parse("en")) == {"one", "other"}
