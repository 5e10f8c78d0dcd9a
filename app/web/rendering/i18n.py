"""Choose the language and the formats of each request, and translate texts.

Texts in the code are English. Every other language is one file, read when the site starts:
`translations/<language>/LC_MESSAGES/messages.po`. Numbers and dates have the formats of the
visitor's territory: those of British English differ from those of American English.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from babel import Locale
from flask import Flask, Response, current_app, g, has_request_context, request

from app.domain.messages import Message
from app.web.cookies import cookie_name, set_long_lived_cookie
from app.web.rendering.languages.accepted import accepted_formats, readable_tags
from app.web.rendering.languages.catalogs import SOURCE_LANGUAGE, Catalog, find_catalogs

COOKIE = "language"
PARAMETER = "lang"

_EXTENSION = "i18n"


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A link to this page in another language: its BCP 47 tag, its own name and the URL."""

    tag: str
    name: str
    url: str


def init_app(app: Flask, folder: Path) -> None:
    """Offer the catalogs in `folder`, and give templates the functions of this module."""
    app.extensions[_EXTENSION] = find_catalogs(folder)
    app.after_request(_set_language_headers)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        _translate, _translate_plural, newstyle=True, pgettext=_translate_in_context
    )
    app.jinja_env.globals.update(
        language=language,
        language_links=language_links,
        locale_tag=locale_tag,
        text_direction=text_direction,
    )


def gettext(text: str, **values: object) -> str:
    """Translate a text and fill in its placeholders."""
    translated = _translate(text)
    return translated % values if values else translated


def pgettext(context: str, text: str) -> str:
    """Translate a text that has several meanings in English; `context` says which it is."""
    return _translate_in_context(context, text)


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """Translate a text with plural forms and fill in its placeholders; `num` is the number."""
    return _translate_plural(singular, plural, number) % {"num": number, **values}


def in_languages(tags: Sequence[str], texts: Sequence[Message]) -> list[tuple[str, list[str]]]:
    """Return each tag of a language of the site, with texts without values in that language."""
    found = []
    for tag in tags:
        catalog = _catalogs()[tag]
        translated = [catalog.translations.gettext(text.singular) for text in texts]
        found.append((catalog.tag, translated))
    return found


def language() -> str:
    """Return the BCP 47 tag of the request's language."""
    return _catalog().tag


def language_locale() -> Locale:
    """Return the locale of the request's language, which has the plural forms of its texts."""
    return _catalog().locale


def get_locale() -> Locale:
    """Return the locale of the request's formats: the language in the visitor's territory."""
    locale: Locale | None = g.get("locale")
    if locale is None:
        locale = g.locale = accepted_formats(_accept_language(), language())
    return locale


def locale_tag() -> str:
    """Return the BCP 47 tag of the formats. Cached parts of pages depend on it."""
    tag: str | None = g.get("locale_tag")
    if tag is None:
        tag = g.locale_tag = str(get_locale()).replace("_", "-")
    return tag


def accepted_tags() -> Sequence[str]:
    """Return the tags of the site's languages that the visitor's browser accepts, best first."""
    return readable_tags(_accept_language(), tuple(_catalogs()))


def text_direction() -> str:
    """Return `ltr` or `rtl`."""
    return language_locale().text_direction


def language_links() -> list[LanguageLink]:
    """Return a link to this page in every language, relative to itself."""
    parameters = [item for item in request.args.items(multi=True) if item[0] != PARAMETER]
    start = f"?{urlencode(parameters)}&" if parameters else "?"
    return [
        LanguageLink(tag, catalog.name, f"{start}{PARAMETER}={tag}")
        for tag, catalog in _catalogs().items()
    ]


def _catalogs() -> dict[str, Catalog]:
    catalogs: dict[str, Catalog] = current_app.extensions[_EXTENSION]
    return catalogs


def _catalog() -> Catalog:
    """Return the catalog of the request, chosen once."""
    catalog: Catalog | None = g.get("catalog")
    if catalog is None:
        catalog = g.catalog = _choose_catalog()
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
    return catalogs[next(iter(accepted_tags()), SOURCE_LANGUAGE)]


def _accept_language() -> str:
    """Return the header, which is empty outside of a request."""
    return request.headers.get("Accept-Language", "") if has_request_context() else ""


def _translate(text: str) -> str:
    return _catalog().translations.gettext(text)


def _translate_in_context(context: str, text: str) -> str:
    return str(_catalog().translations.pgettext(context, text))


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
