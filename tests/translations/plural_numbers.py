"""Numbers of every plural category: small ones, and round ones up to a hundred millions."""

from functools import cache
from pathlib import Path

from babel import Locale
from babel.localedata import locale_identifiers
from flask import Flask, g

from app.web.rendering import i18n
from app.web.rendering.languages.catalogs import Catalog
from app.web.rendering.script_texts import plurals

NUMBERS = (
    *range(220),
    *(digit * 10**power for power in range(3, 9) for digit in (1, 2, 5, 10, 11, 101)),
    *(10**power + rest for power in (3, 6) for rest in (1, 2, 3, 11, 100, 1000)),
)


@cache
def plural_locales() -> list[Locale]:
    """Return the languages that CLDR has, and their territories with other plural forms."""
    known = {}
    for name in sorted(locale_identifiers(), reverse=True):  # `pt` replaces `pt_BR`
        locale = Locale.parse(name)
        rules = frozenset(locale.plural_form.rules.items())
        known[locale.language, rules] = locale
    return list(known.values())


def provided_categories(locale: Locale) -> set[str]:
    """Return the plural categories for which a page in this language has a text."""
    with _app().test_request_context():
        g.catalog = Catalog(str(locale), locale)
        return set(plurals("%(count)s photo", "%(count)s photos"))


@cache
def _app() -> Flask:
    app = Flask(__name__)
    i18n.init_app(app, Path("no catalogs"))
    return app
