"""Finds what is left in English on a page in another language that is not written in Latin letters."""

import re
from html.parser import HTMLParser

from tests.translations.untranslatable import spoken

# What every language writes so: names, formats, units, and the other language's name for itself.
MARKUP = {"HTML", "Markdown", "BBCode"}
FORMATS = {"JPEG", "PNG", "WebP", "GIF", "AVIF", "HEIC", "TIFF"}
NAMES = {"Shoebox", "English", "MB", "kB", "UTC", "ISO", "mm"} | MARKUP | FORMATS

_LATIN = re.compile(r"[A-Za-z]{2,}")


def english_in(page: str) -> set[str]:
    """The Latin words that the page shows, or reads aloud."""
    text = _Text()
    text.feed(page)
    text.close()
    return {word for part in text.parts for word in _LATIN.findall(part)} - NAMES


class _Text(HTMLParser):
    """Collects what people read, but for elements that say `translate="no"`: code to be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._code = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts += spoken(tag, attrs)
        if ("translate", "no") in attrs:
            self._code = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._code:
            self._code = ""

    def handle_data(self, data: str) -> None:
        if self.cdata_elem != "script" and not self._code:
            self.parts.append(data)
