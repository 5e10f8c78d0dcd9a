"""The locales whose formats the site uses: its languages in every territory that Babel knows."""

from collections.abc import Iterator
from functools import cache

from babel import Locale, localedata

from app.web.rendering.languages.accepted import written_language
from app.web.rendering.languages.catalogs import find_catalogs
from tests.server.site import ROOT


@cache
def accepted_locales() -> tuple[Locale, ...]:
    """Return the locales by which `i18n.get_locale` may format."""
    return tuple(sorted(_accepted_locales(), key=str))


def tag_of(locale: Locale) -> str:
    """Return the BCP 47 tag of a locale."""
    return str(locale).replace("_", "-")


def _accepted_locales() -> Iterator[Locale]:
    catalogs = find_catalogs(ROOT / "translations").values()
    written = {written_language(catalog.locale) for catalog in catalogs}
    for name in localedata.locale_identifiers():
        locale = Locale.parse(name)
        if locale.variant is None and written_language(locale) in written:
            yield locale
