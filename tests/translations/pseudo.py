"""Write catalogs of pseudo-translations, which show the parts that a translation may break.

A pseudo-translation is 40 % longer than its text, and brackets show where it begins and ends. It
has no letter of the English alphabet, so a text that is not translated stands out. It keeps
placeholders and markup. The texts of one catalog run from right to left.

The languages are real ones, since Babel knows their plural forms and dates. Both write the names of
months with letters of their own.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent.parent
BEGIN, END = "⟦⟧"
GROWTH = 0.4  # longer than German is, by the lengths of its texts on other sites

# fmt: off
_ACCENTED = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀçðéƒĝĥíĵķļɱñóþɋŕšţúṽŵẋýžÁƁÇÐÉƑĜĤÍĴĶĻṀÑÓÞɊŔŠŢÚṼŴẊÝŽ",
)
_HEBREW = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "אבגדהוזחטיכלמנסעפצקרשתםןךףאבגדהוזחטיכלמנסעפצקרשתםןךף",
)
# fmt: on
_KEPT = re.compile(r"(%\(\w+\)s|%%|<[^>]*>|&\w+;)")  # placeholders, markup and entities
_VOWEL = re.compile(r"([aeiou])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PseudoLanguage:
    """A language, and the letters of its texts."""

    name: str
    letters: dict[int, int]

    def translate(self, text: str) -> str:
        """Return the pseudo-translation of an English text."""
        parts = _KEPT.split(text)
        longer = [part if _KEPT.fullmatch(part) else _lengthen(part) for part in parts]
        translated = [
            part if _KEPT.fullmatch(part) else part.translate(self.letters) for part in longer
        ]
        return f"{BEGIN}{''.join(translated)}{END}"


ACCENTED = PseudoLanguage("ru", _ACCENTED)
MIRRORED = PseudoLanguage("he", _HEBREW)
LANGUAGES = (ACCENTED, MIRRORED)


@cache
def texts() -> Catalog:
    """Return every text of the site: those of a catalog, which has all."""
    path = ROOT / "translations" / "ko" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file)


def write_pseudo_catalogs(folder: Path) -> None:
    """Write the catalog of each pseudo-language into a folder."""
    for language in LANGUAGES:
        path = folder / language.name / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_po(file, _catalog(language))


def locator_pattern(language: PseudoLanguage, text: str) -> re.Pattern[str] | str:
    """Return a locator of the translations of all texts that contain an English one.

    That is how Playwright finds a text. Other texts are those of visitors, which stay.
    """
    known = [message.id for message in texts() if isinstance(message.id, str)]
    found = [each for each in known if text.lower() in each.lower() and not _KEPT.search(each)]
    translations = (re.escape(language.translate(each)) for each in found)
    return re.compile("|".join(translations)) if found else text


def _catalog(language: PseudoLanguage) -> Catalog:
    catalog = Catalog(locale=language.name)
    for message in texts():
        if not message.id:
            continue
        if isinstance(message.id, str):
            shown = language.translate(message.id)
            catalog.add(message.id, shown, context=message.context)
        else:
            form = language.translate(message.id[1])
            forms = (form,) * catalog.num_plurals
            catalog.add(message.id, forms, context=message.context)
    return catalog


def _lengthen(text: str) -> str:
    """Double vowels, which makes words longer, and add a word for the missing length."""
    longer = _VOWEL.sub(r"\1\1", text)
    missing = round(len(text.strip()) * (1 + GROWTH)) - len(longer.strip())
    return f"{longer}{'e' * missing}" if missing > 0 else longer
