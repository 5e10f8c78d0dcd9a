"""Normalize what people type: keep every character that they can see or that shapes others."""

import unicodedata

_MAX_MARKS = 30  # combining marks in a row (UAX #15, section 13: stream-safe text)
_GRAPHEME_JOINER = "\u034f"  # ends a run of marks for normalization, and is not shown
# Overrides let a text look like another one. Texts are isolated from their surroundings in pages.
_BIDI_OVERRIDES = "\u202d\u202e"
# Letters and symbols that look like spaces: Hangul fillers and the blank of Braille.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def normalize_text(text: str) -> str:
    """Return `text` in NFC.

    Control characters become spaces. Surrogates, noncharacters and bidirectional overrides are
    left out. The time is linear in the length of the text.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", limit_marks(text))
    return "".join(_clean(character) for character in text)


def limit_marks(text: str) -> str:
    """Return the text with at most 30 combining marks in a row, divided by joiners.

    Normalization takes quadratic time in the length of such a run.
    """
    parts: list[str] = []
    marks = 0
    for character in text:
        # Some marks decompose into two.
        added = len(unicodedata.normalize("NFKD", character)) if _is_mark(character) else 0
        marks = marks + added if added else 0
        if marks > _MAX_MARKS:
            parts.append(_GRAPHEME_JOINER)
            marks = added
        parts.append(character)
    return "".join(parts)


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) != 0


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
