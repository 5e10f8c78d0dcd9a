"""Choose the language of each request and translate texts into it.

Texts in the code are English. Every other language is one file, read when the app starts:
`translations/<language>/LC_MESSAGES/messages.po`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, current_app, g, has_request_context, request

from app.domain.messages import Message
from app.web.cookies import cookie_name, set_long_lived_cookie

COOKIE = "language"
PARAMETER = "lang"
SOURCE_LANGUAGE = "en"

_EXTENSION = "i18n"


@dataclass(frozen=True, slots=True)
class Catalog:
    """The translations into one language; `tag` is its BCP 47 tag."""

    tag: str
    locale: Locale
    translations: NullTranslations


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A link to this page in another language: its BCP 47 tag, its own name and the URL."""

    tag: str
    name: str
    url: str


def init_app(app: Flask, folder: Path) -> None:
    """Load the catalogs in `folder`, and give templates the functions of this module."""
    app.extensions[_EXTENSION] = _load_catalogs(folder)
    app.after_request(_set_language_headers)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        _translate, _translate_plural, newstyle=True
    )
    app.jinja_env.globals.update(
        language=language, language_links=language_links, text_direction=text_direction
    )


def gettext(text: str, **values: object) -> str:
    """Translate a text and fill in its placeholders."""
    translated = _translate(text)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """Translate a text with plural forms and fill in its placeholders; `num` is the number."""
    return _translate_plural(singular, plural, number) % {"num": number, **values}


def in_every_language(texts: Sequence[Message]) -> list[tuple[str, list[str]]]:
    """Return texts without values in each language of the site, with its BCP 47 tag."""
    return [
        (tag, [catalog.translations.gettext(text.singular) for text in texts])
        for tag, catalog in _catalogs().items()
    ]


def language() -> str:
    """Return the BCP 47 tag of the request's language."""
    return _catalog().tag


def get_locale() -> Locale:
    """Return the locale of the request's language."""
    return _catalog().locale


def text_direction() -> str:
    """Return `ltr` or `rtl`."""
    return get_locale().text_direction


def language_links() -> list[LanguageLink]:
    """Return a link to this page in every language."""
    return [
        LanguageLink(tag, catalog.locale.get_display_name() or tag, _url_in(tag))
        for tag, catalog in _catalogs().items()
    ]


def _load_catalogs(folder: Path) -> dict[str, Catalog]:
    source = Catalog(SOURCE_LANGUAGE, Locale.parse(SOURCE_LANGUAGE), NullTranslations())
    catalogs = {SOURCE_LANGUAGE: source}
    for path in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        name = path.parent.parent.name
        tag = name.replace("_", "-")
        catalogs[tag] = Catalog(tag, Locale.parse(name), _read_translations(path))
    return catalogs


@cache
def _read_translations(path: Path) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return Translations(compiled)


def _catalogs() -> dict[str, Catalog]:
    catalogs: dict[str, Catalog] = current_app.extensions[_EXTENSION]
    return catalogs


def _catalog() -> Catalog:
    """Return the catalog of the request, chosen once."""
    if "catalog" not in g:
        g.catalog = _choose_catalog()
    catalog: Catalog = g.catalog
    return catalog


def _choose_catalog() -> Catalog:
    """A link decides before the cookie, and the cookie before the browser's settings.

    Commands have no request and use the source language.
    """
    catalogs = _catalogs()
    if not has_request_context():
        return catalogs[SOURCE_LANGUAGE]
    for tag in (request.args.get(PARAMETER), request.cookies.get(cookie_name(COOKIE))):
        if tag in catalogs:
            return catalogs[tag]
    return catalogs[request.accept_languages.best_match(catalogs, SOURCE_LANGUAGE)]


def _translate(text: str) -> str:
    return _catalog().translations.gettext(text)


def _translate_plural(singular: str, plural: str, number: int) -> str:
    return _catalog().translations.ngettext(singular, plural, number)


def _set_language_headers(response: Response) -> Response:
    if "catalog" not in g:
        return response  # it contains no text
    response.content_language.add(language())
    response.vary.update(("Accept-Language", "Cookie"))
    requested = request.args.get(PARAMETER)
    if requested in _catalogs() and not response.cache_control.public:
        set_long_lived_cookie(response, COOKIE, requested)
    return response


def _url_in(tag: str) -> str:
    """Return the page's URL in another language, relative to itself."""
    parameters = [item for item in request.args.items(multi=True) if item[0] != PARAMETER]
    return f"?{urlencode([*parameters, (PARAMETER, tag)])}"
