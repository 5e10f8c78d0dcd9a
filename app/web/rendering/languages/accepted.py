"""Read the header Accept-Language: the languages that a visitor reads, and the formats of each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global, parse_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

_MAX_LENGTH = 500  # characters; browsers send about ten for each language
_MAX_ENTRIES = 20
_CACHED_HEADERS = 256
_CACHED_LOCALES = 256
# A language, its extended language (zh-yue is yue), a script and a territory. Variants and
# extensions decide nothing (RFC 5646, section 2.1).
_TAG = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{3}))?(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?(?:-[a-z0-9]{1,8})*",
    re.IGNORECASE,
)

WrittenLanguage = tuple[str, str]  # a language and a script: zh and Hant


@dataclass(frozen=True, slots=True)
class AcceptedLanguage:
    """An entry of the header.

    Attributes:
        written: The language with its script, the likely one if the entry names none.
        territory: The code of a country or region, or nothing.
        locale: The formats, None if they are not known for this territory.
    """

    written: WrittenLanguage
    territory: str
    locale: Locale | None


@lru_cache(_CACHED_HEADERS)
def accepted_languages(header: str) -> tuple[AcceptedLanguage, ...]:
    """Return the entries that name a language, the preferred ones first.

    Browsers add an entry for the language alone: `zh-TW,zh`. It is in the script of the entry
    before it.

    Args:
        header: The value of the header, of which the beginning counts.
    """
    if len(header) > _MAX_LENGTH:
        header, _, _ = header[:_MAX_LENGTH].rpartition(",")  # the last entry may be cut
    ranges = parse_accept_header(header, LanguageAccept)
    tags = [tag for tag, quality in ranges if quality > 0]
    scripts: dict[str, str] = {}
    entries = (_read_tag(tag, scripts) for tag in tags[:_MAX_ENTRIES])
    return tuple(entry for entry in entries if entry)


@lru_cache(_CACHED_HEADERS)
def readable_tags(header: str, tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the BCP 47 tags whose language the header accepts, best first."""
    locales = {Locale.parse(tag, sep="-"): tag for tag in tags}
    found = (closest_locale(accepted, locales) for accepted in accepted_languages(header))
    return tuple(locales[locale] for locale in found if locale)


@lru_cache(_CACHED_HEADERS)
def accepted_formats(header: str, tag: str) -> Locale:
    """Return the formats of the header's first entry in a language that has any.

    Args:
        header: The value of the header.
        tag: The BCP 47 tag of the language, which decides if no entry does.
    """
    language = Locale.parse(tag, sep="-")
    written = written_language(language)
    locales = (entry.locale for entry in accepted_languages(header) if entry.written == written)
    return next(filter(None, locales), language)


@lru_cache(_CACHED_LOCALES)
def written_language(locale: Locale) -> WrittenLanguage:
    """Return the language of a locale, with the script that it is usually written in."""
    script = locale.script or _likely_script(locale.language, locale.territory)
    return locale.language, script


def closest_locale(accepted: AcceptedLanguage, locales: Iterable[Locale]) -> Locale | None:
    """Return the locale in the accepted language, if there are several that of its territory."""

    def distance(locale: Locale) -> int:
        if (locale.territory or "") == accepted.territory:
            return 0
        return 2 if locale.territory else 1

    readable = [locale for locale in locales if written_language(locale) == accepted.written]
    return min(readable, key=distance, default=None)


def _read_tag(tag: str, scripts: dict[str, str]) -> AcceptedLanguage | None:
    """Return the entry, None if it names no language.

    Args:
        tag: The entry.
        scripts: The script of the first entry of each language, to which this one is added.
    """
    found = _TAG.fullmatch(tag.replace("_", "-"))
    if not found:
        return None
    primary, extended, script, territory = found.groups(default="")
    code = (extended or primary).lower()
    language, _, _ = get_global("language_aliases").get(code, code).partition("_")
    territory = territory.upper()
    earlier = "" if territory else scripts.get(language, "")
    script = script.title() or earlier or _likely_script(language, territory)
    scripts.setdefault(language, script)
    locale = _locale(language, script, territory)
    return AcceptedLanguage((language, script), territory, locale)


def _likely_script(language: str, territory: str | None) -> str:
    """Return the script of CLDR's likely subtags: Hant for zh in TW. It is empty if none is known.

    https://www.unicode.org/reports/tr35/#Likely_Subtags
    """
    likely = get_global("likely_subtags")
    subtags = likely.get(f"{language}_{territory}") or likely.get(language)
    return (parse_locale(subtags)[2] if subtags else None) or ""


def _locale(language: str, script: str, territory: str) -> Locale | None:
    """Return the locale with these parts. CLDR leaves most scripts out of the names of locales."""
    for named_script in (None, script or None):
        try:
            locale = Locale(language, territory or None, named_script)
        except UnknownLocaleError:
            continue
        if written_language(locale) == (language, script):
            return locale
    return None
