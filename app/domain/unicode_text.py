"""Normalize typed text: keep every character that they can see or that shapes others."""

import unicodedata
from functools import lru_cache
from itertools import takewhile

_MAX_MARKS = 30  # combining marks in a row (UAX #15, section 13: stream-safe text)
_GRAPHEME_JOINER = "\u034f"  # ends a run of marks for normalization, and is not shown
# Overrides let a text look like another one. Texts are isolated from their surroundings in pages.
_BIDI_OVERRIDES = "\u202d\u202e"
# Letters and symbols that look like spaces: Hangul fillers and the blank of Braille.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def normalize_text(text: str) -> str:
    """Return `text` in NFC. Normalizing it again changes nothing.

    Control characters become spaces. Surrogates, noncharacters and bidirectional overrides are
    left out. The time is linear in the length of the text.
    """
    cleaned = "".join(_clean(character) for character in text)
    if cleaned.isascii():
        return cleaned
    return unicodedata.normalize("NFC", limit_marks(cleaned))


def limit_marks(text: str) -> str:
    """Return the text with at most 30 combining marks in a row, divided by joiners.

    This is the Stream-Safe Text Process of UAX #15. Normalization takes quadratic time in the
    length of such a run.
    """
    parts: list[str] = []
    marks = 0
    for character in text:
        leading, trailing = _count_marks(character)
        if marks + leading > _MAX_MARKS:
            parts.append(_GRAPHEME_JOINER)
            marks = 0
        only_marks = leading == trailing > 0
        marks = marks + leading if only_marks else trailing
        parts.append(character)
    return "".join(parts)


@lru_cache(maxsize=4096)  # a text repeats few characters
def _count_marks(character: str) -> tuple[int, int]:
    """Return how many marks a character begins and ends with, once it is decomposed."""
    if character.isascii():
        return 0, 0
    are_marks = [
        unicodedata.combining(part) != 0 for part in unicodedata.normalize("NFKD", character)
    ]
    leading = len(list(takewhile(bool, are_marks)))
    trailing = len(list(takewhile(bool, reversed(are_marks))))
    return leading, trailing


def is_blank(text: str) -> bool:
    """Return whether a text has no visible character."""
    return not any(_is_visible(character) for character in text)


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    # Characters that this Python does not know may be new emoji.
    return character not in _BLANKS and (category[0] in "LNPS" or category in ("Cn", "Co"))


def _clean(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    if category == "Cs" or character in _BIDI_OVERRIDES or _is_noncharacter(character):
        return ""
    return character


def _is_noncharacter(character: str) -> bool:
    """Return whether Unicode reserves the code point for internal use (chapter 23.7)."""
    code_point = ord(character)
    return code_point & 0xFFFE == 0xFFFE or 0xFDD0 <= code_point <= 0xFDEF
