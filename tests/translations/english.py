"""Find English left on a page in a language without Latin letters."""

import re
from html.parser import HTMLParser
from pathlib import Path

from app.web.rendering.languages.catalogs import find_catalogs
from tests.translations.untranslatable import text_attributes

_LATIN = re.compile(r"[A-Za-z]{2,}")

# The same in every language: names, formats, units, and the names of the languages.
MARKUP = {"HTML", "Markdown", "BBCode"}
FORMATS = {"JPEG", "PNG", "WebP", "GIF", "AVIF", "HEIC", "TIFF"}
LICENSES = {"CC", "BY", "NC", "ND", "SA"}
LANGUAGES = {
    word
    for catalog in find_catalogs(Path(__file__).parent.parent.parent / "translations").values()
    for word in _LATIN.findall(catalog.name)
}
UNITS = {"GB", "MB", "kB", "UTC", "ISO", "mm"}
NAMES = {"Shoebox", "QR"} | LANGUAGES | UNITS | MARKUP | FORMATS | LICENSES


def english_in(page: str) -> set[str]:
    """Return the Latin words that the page shows or reads aloud."""
    text = _Text()
    text.feed(page)
    text.close()
    return {word for part in text.parts for word in _LATIN.findall(part)} - NAMES


class _Text(HTMLParser):
    """Collect the text of a page, except in elements with `translate="no"`."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._code = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts += text_attributes(tag, attrs)
        if ("translate", "no") in attrs:
            self._code = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._code:
            self._code = ""

    def handle_data(self, data: str) -> None:
        if self.cdata_elem != "script" and not self._code:
            self.parts.append(data)
