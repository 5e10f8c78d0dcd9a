"""The languages of the pages: which there are, which of them a visitor gets, and what their catalogues say.

English is what the code says; every other language is one file, `translations/<language>/LC_MESSAGES/messages.po`.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, request
from flask_babel import Babel, Domain, get_locale

from app.web.cookies import set_long_lived_cookie

COOKIE = "language"
PARAMETER = "lang"
SOURCE = "en"

_ENGLISH = NullTranslations()


class PoCatalogs(Domain):  # type: ignore[misc]  # Flask-Babel ships no types
    """Catalogues as translators write them, read when the app is made: there is nothing to compile and to forget."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        files = {
            path.parent.parent.name: path
            for path in sorted(folder.glob("*/LC_MESSAGES/messages.po"))
        }
        self.locales = {
            name.replace("_", "-"): Locale.parse(name) for name in (SOURCE, *files)
        }  # by tag
        self._by_locale = {Locale.parse(name): _read(path) for name, path in files.items()}

    def get_translations(self) -> NullTranslations:
        """The catalogue of the request's language."""
        return self._by_locale.get(get_locale(), _ENGLISH)


@dataclass(frozen=True, slots=True)
class Language:
    """One language as pages name it: its tag (BCP 47), its name in itself, and this page's address in it."""

    tag: str
    name: str
    address: str


def init_app(app: Flask, folder: Path) -> None:
    """Choose every page's language among English and the catalogues in `folder`, and remember the visitor's choice."""
    catalogues = PoCatalogs(folder)
    locales = catalogues.locales

    def choose() -> Locale:
        asked = (request.args.get(PARAMETER), request.cookies.get(COOKIE))
        g.language = next(
            (tag for tag in asked if tag in locales),
            request.accept_languages.best_match(locales, SOURCE),
        )
        return locales[g.language]

    def languages() -> list[Language]:
        return [
            Language(tag, locale.get_display_name() or tag, _address(tag))
            for tag, locale in locales.items()
        ]

    @app.after_request
    def tell(response: Response) -> Response:
        if "language" not in g:
            return response  # nothing in it was said in a language
        response.content_language.add(g.language)
        response.vary.update(("Accept-Language", "Cookie"))
        asked = request.args.get(PARAMETER)
        if asked in locales and not response.cache_control.public:
            set_long_lived_cookie(response, COOKIE, asked)
        return response

    Babel(app, locale_selector=choose).domain_instance = catalogues
    app.jinja_env.globals.update(
        language=language, languages=languages, direction=lambda: get_locale().text_direction
    )


def language() -> str:
    """The tag of the request's language."""
    get_locale()  # chooses it, where nothing has asked for it yet
    return str(g.language)


def _read(path: Path) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return Translations(compiled)


def _address(tag: str) -> str:
    """The page's address in another language, relative to itself."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    return f"?{urlencode([*asked, (PARAMETER, tag)])}"
