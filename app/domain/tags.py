"""Parse, validate and normalize tags."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.errors import InvalidText
from app.domain.messages import plural_message
from app.domain.unicode_text import is_blank, limit_marks, normalize_text

# With its record and other listings, a photo needs fewer than the 100 items that a DynamoDB
# transaction may have (TransactWriteItems).
MAX_TAGS = 20
MAX_TAG = 50  # characters

_SEPARATORS = re.compile(r"[,;、،]|\s(?=#)")  # "#sea #sunset" is two tags
_EMOJI_PRESENTATION = "\ufe0f"
_MAX_RAW_TAG = 4 * MAX_TAG  # characters before normalizing
_MAX_RAW_TEXT = MAX_TAGS * _MAX_RAW_TAG
_SLASHES = re.compile(r"[/\\]")

# The initial consonants of Korean syllables in the order of Unicode, each with 588 syllables
# (The Unicode Standard, section 3.12).
_CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FIRST_SYLLABLE, _LAST_SYLLABLE = "가", "힣"
_SYLLABLES_PER_CONSONANT = 588
# Dictionaries list doubled consonants under the simple ones.
_SIMPLE_CONSONANTS = str.maketrans("ㄲㄸㅃㅆㅉ", "ㄱㄷㅂㅅㅈ")

_TOO_LONG = plural_message(
    "The tag “%(tag)s…” is %(count)s character too long (limit %(most)s).",
    "The tag “%(tag)s…” is %(count)s characters too long (limit %(most)s).",
)
_TOO_MANY = plural_message(
    "There is %(count)s tag too many (limit %(most)s).",
    "There are %(count)s tags too many (limit %(most)s).",
)


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and the number of public photos that have it."""

    tag: str
    count: int


@dataclass(frozen=True, slots=True)
class TagPage:
    """Some tags by name, and the tag at which the next page starts, if there is one."""

    tags: tuple[TagCount, ...]
    next: str | None


def build_tag_page(found: Sequence[TagCount], limit: int) -> TagPage:
    """Return the page of the tags that one read returned.

    Args:
        found: Tags by name, one more than `limit` where there are more. Tags that no photo has any
            more are left out.
        limit: The most tags of the page.
    """
    used = tuple(tag for tag in found[:limit] if tag.count > 0)
    return TagPage(used, found[limit].tag if len(found) > limit else None)


def clean_tags(text: str | Iterable[str]) -> tuple[str, ...]:
    """Return the normalized tags, in order and without repetitions.

    Args:
        text: Tags separated by commas, or the single tags.

    Raises:
        InvalidText: There are more than `MAX_TAGS` tags, or one has more than `MAX_TAG` characters.
    """
    texts = [text] if isinstance(text, str) else text
    normalized = [_trim(part) for raw_text in texts for part in _split(raw_text)]
    tags = tuple(dict.fromkeys(tag for tag in normalized if tag))
    for tag in tags:
        if len(tag) > MAX_TAG:
            raise InvalidText(
                "tags", _TOO_LONG.with_values(tag=tag[:20], count=len(tag) - MAX_TAG, most=MAX_TAG)
            )
    if len(tags) > MAX_TAGS:
        excess = len(tags) - MAX_TAGS
        raise InvalidText("tags", _TOO_MANY.with_values(count=excess, most=MAX_TAGS))
    return tags


def normalize_tag(tag: str) -> str:
    """Return the tag in NFKC and lower case, with single spaces and without leading #.

    Full-width letters and other compatibility forms become the usual ones, and the selector of
    emoji presentation is left out: 🌊 is one tag on every phone. Slashes become spaces and a tag of
    dots becomes empty, because a tag is a segment of a URL path.
    """
    return _trim(_normalize(tag[:_MAX_RAW_TAG]))


def index_letter(tag: str) -> str:
    """Return the letter under which an index lists the tag.

    It is the first character, or the initial consonant of a Korean syllable.
    """
    first = tag[:1]
    if not _FIRST_SYLLABLE <= first <= _LAST_SYLLABLE:
        return first.upper()
    place = (ord(first) - ord(_FIRST_SYLLABLE)) // _SYLLABLES_PER_CONSONANT
    return _CONSONANTS[place].translate(_SIMPLE_CONSONANTS)


def alphabetical(tag: str) -> tuple[str, str]:
    """Return the key that sorts a tag among others: äpfel beside apfel, and before zoo.

    Letters are in the order of Unicode without their accents. The storage sorts by the code points
    of the tags instead, so pages of all tags are in that order.
    """
    letters = unicodedata.normalize("NFKD", tag.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)), tag


def first_possible_tag(start: str) -> str:
    """Return the tag from which on an index shows tags.

    Args:
        start: A letter of the index, a tag or an empty string.
    """
    if len(start) != 1 or start not in _CONSONANTS:
        return normalize_tag(start)[:MAX_TAG]
    place = _CONSONANTS.index(start)
    return chr(ord(_FIRST_SYLLABLE) + place * _SYLLABLES_PER_CONSONANT)


def _split(text: str) -> list[str]:
    """Split a text into tags. Normalizing comes first, because separators can come out of it."""
    if len(text) > _MAX_RAW_TEXT:
        too_long = _TOO_LONG.with_values(tag=text[:20], count=len(text), most=MAX_TAG)
        raise InvalidText("tags", too_long)
    return _SEPARATORS.split(_normalize(text.replace("\n", ",")))


def _normalize(text: str) -> str:
    without_selectors = text.replace(_EMOJI_PRESENTATION, "")
    compatible = unicodedata.normalize("NFKC", normalize_text(without_selectors))
    lower_case = unicodedata.normalize("NFKC", limit_marks(compatible.lower()))
    return _SLASHES.sub(" ", lower_case)


def _trim(tag: str) -> str:
    """Return the tag with single spaces and without leading #; empty without visible characters."""
    trimmed = " ".join(tag.split()).lstrip("# ")
    only_dots = set(trimmed) <= {"."}
    return "" if only_dots or is_blank(trimmed) else trimmed
