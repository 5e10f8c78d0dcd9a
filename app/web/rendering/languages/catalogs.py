"""Read the message catalogs when the site starts, which fails if one of them is damaged."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from io import BytesIO
from operator import attrgetter
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Catalog:
    """The translations into one language; `tag` is its BCP 47 tag."""

    tag: str
    locale: Locale
    translations: NullTranslations = field(default_factory=NullTranslations)

    @cached_property
    def name(self) -> str:
        """The name of the language in itself, as in a list: Español."""
        name = self.locale.languages.get(str(self.locale)) or self.locale.get_display_name()
        return f"{name[:1].upper()}{name[1:]}" if name else self.tag


def find_catalogs(folder: Path) -> dict[str, Catalog]:
    """Return the catalogs in a folder and English by their tags, in the order of these."""
    source = Catalog(SOURCE_LANGUAGE, Locale.parse(SOURCE_LANGUAGE))
    catalogs = sorted((source, *_files(folder)), key=attrgetter("tag"))
    return {catalog.tag: catalog for catalog in catalogs}


def _files(folder: Path) -> Iterator[Catalog]:
    for path in folder.glob("*/LC_MESSAGES/messages.po"):
        name = path.parent.parent.name
        yield Catalog(name.replace("_", "-"), Locale.parse(name), _read_translations(path))


@cache
def _read_translations(path: Path) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return Translations(compiled)
