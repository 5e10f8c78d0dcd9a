"""Derive the terms under which a photo is listed, and the terms of a search query.

A whole term is a run of letters and digits, without case and accents. Chinese, Japanese, Korean,
Thai, Lao, Khmer and Burmese put no spaces between words or join endings to them. In these scripts,
every two adjacent characters are a whole term (a bigram): 해운대 gives 해운 and 운대. An emoji is a
term of its own.

A photo is also listed under partial terms: the prefixes of a word (`har*` for harbour) and the
single characters of the bigrams. A word with a digit among its first three characters, such as a
year, has no prefixes.

The stop words of a description are no terms. A query ignores stop words if it has other terms.
Otherwise it looks for them in titles and tags.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby, pairwise

from app.domain.search.stop_words import STOP_WORDS
from app.domain.unicode_text import limit_marks

# With its record, tags and other listings, a photo needs fewer than the 100 items that a DynamoDB
# transaction may have (TransactWriteItems).
MAX_INDEX_TERMS = 60
MIN_PARTIAL_TERMS = 20  # of the index terms, reserved for partial terms where there are as many
MAX_QUERY_TERMS = 8  # each one is a listing to read
MAX_TERM_LENGTH = 24  # characters; longer terms are cut in photos and in queries
MIN_PREFIX_LENGTH = 3  # characters; shorter prefixes would list nearly every photo
_PREFIX_MARK = "*"

_UNSPACED_CHARACTER = re.compile(
    "[\u1100-\u11ff\uac00-\ud7ff]"  # Hangul
    "|[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff]"  # kana and iteration marks
    "|[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"  # Han
    "|[\u0e01-\u0e4e\u0e81-\u0ecf\u0edc-\u0edf]"  # Thai and Lao, without digits
    "|[\u1000-\u103f\u1050-\u108f\u1780-\u17d3\u17d7\u17dc\u17dd]"  # Burmese and Khmer
)
# Skin tones and the parts that join or style an emoji are no terms.
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff]")
_NO_SELECTORS = {0xFE0E: None, 0xFE0F: None}  # they choose text or emoji style
# Letters that Unicode does not decompose, and the letters that people type instead.
_SIMPLE_LETTERS = str.maketrans(
    dict(zip("łøđðħ\u0131ŧŋĸƶɨŀ", "loddhitnkzil", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"}
)


class _Script(Enum):
    SPACED = "spaced"  # spaces separate the words
    UNSPACED = "unspaced"
    EMOJI = "emoji"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A search: a photo matches if it has at least one alternative of every term."""

    terms: tuple[tuple[str, ...], ...]  # the alternatives of each term
    left_out: bool  # whether the text has more than `MAX_QUERY_TERMS` terms

    @classmethod
    def of(cls, text: str) -> "SearchQuery":
        """Return the query for `text`, the terms that are probably rarest first.

        If `text` ends in a word, the word may be incomplete, and longer words match as well.
        """
        runs = list(_runs(text))
        all_terms = _unique(term for run in runs for term in _whole_terms(run))
        whole_terms = [term for term in all_terms if term not in STOP_WORDS] or all_terms
        terms: list[tuple[str, ...]] = [(term,) for term in whole_terms[:MAX_QUERY_TERMS]]
        last = _incomplete_last_term(text, runs)
        if last is not None and terms[-1] == (last,):
            terms[-1] = (last, _prefix(last))
        terms.sort(key=_expected_frequency)
        return cls(tuple(terms), left_out=len(whole_terms) > MAX_QUERY_TERMS)


def _expected_frequency(alternatives: tuple[str, ...]) -> tuple[int, int]:
    """Return a sort key: terms with a prefix are the most frequent, and long terms are rare."""
    return len(alternatives), -len(alternatives[0])


@lru_cache(128)  # one change of a photo needs its listings many times
def index_terms(title: str, tags: tuple[str, ...], description: str) -> tuple[str, ...]:
    """Return at most `MAX_INDEX_TERMS` terms of a photo: whole terms first, then partial terms.

    Terms of the title come before those of the tags, and these before those of the description.
    `MIN_PARTIAL_TERMS` are reserved, so a long description leaves the title's partial terms in.
    """
    runs = [run for text in (title, *tags) for run in _runs(text)]
    runs += (run for run in _runs(description) if run.text not in STOP_WORDS)
    whole = _unique(term for run in runs for term in _whole_terms(run))
    partial = _partial_terms_of(runs, whole)
    reserved = min(len(partial), MIN_PARTIAL_TERMS)
    kept = whole[: MAX_INDEX_TERMS - reserved]
    partial = _partial_terms_of(runs, kept)[: MAX_INDEX_TERMS - len(kept)]
    return (*whole[: MAX_INDEX_TERMS - len(partial)], *partial)


def fold_text(text: str) -> str:
    """Return `text` without case, accents and compatibility forms; Hangul stays composed.

    Café, CAFE and cafe give the same text.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", limit_marks(text.translate(_NO_SELECTORS)))
    unaccented = "".join(character for character in decomposed if not _is_accent(character))
    simple = unaccented.casefold().translate(_SIMPLE_LETTERS)
    return unicodedata.normalize("NFKC", simple)


def _is_accent(character: str) -> bool:
    """Return whether a character is a combining mark that does not make a different letter.

    Accents and the vowel points of Hebrew and Arabic are such marks. The voicing marks of kana
    (は, ば) and Indic signs are not. The combining class decides (Unicode Standard, section 4.3).
    """
    combining_class = unicodedata.combining(character)
    is_overlay = combining_class == 1
    is_vowel_point = 10 <= combining_class <= 35
    is_accent = combining_class >= 200
    return is_overlay or is_vowel_point or is_accent


@dataclass(frozen=True, slots=True)
class _Run:
    """Adjacent letters and digits of one kind of script, folded."""

    text: str
    script: _Script


def _runs(text: str) -> Iterator[_Run]:
    for script, characters in groupby(fold_text(text), _script_of):
        if script is not None:
            yield _Run("".join(characters), script)


@lru_cache(4096)
def _script_of(character: str) -> _Script | None:
    """Return the kind of script, or None if the character is no letter, mark or digit."""
    if _UNSPACED_CHARACTER.match(character):
        return _Script.UNSPACED
    if _EMOJI.match(character):
        return _Script.EMOJI
    major_category = unicodedata.category(character)[0]
    return _Script.SPACED if major_category in "LMN" else None


def _whole_terms(run: _Run) -> list[str]:
    """Return the word of a spaced script, the bigrams of an unspaced one, or the emoji."""
    if run.script is _Script.EMOJI:
        return list(run.text)
    if run.script is _Script.SPACED or len(run.text) == 1:
        return [_word(run)]
    return [first + second for first, second in pairwise(run.text)]


def _word(run: _Run) -> str:
    return run.text[:MAX_TERM_LENGTH]


def _partial_terms(run: _Run) -> list[str]:
    """Return the prefixes of a word, shortest first, or the single characters of bigrams."""
    if run.script is not _Script.SPACED:
        return list(run.text)
    word = _word(run)
    if _begins_with_digit(word):
        return []
    return [_prefix(word[:length]) for length in range(MIN_PREFIX_LENGTH, len(word))]


def _partial_terms_of(runs: list[_Run], whole: list[str]) -> list[str]:
    """Return the partial terms that are no whole terms, and no prefixes of words left out."""
    known = frozenset(whole)
    listed = (run for run in runs if run.script is not _Script.SPACED or _word(run) in known)
    return _unique(term for run in listed for term in _partial_terms(run) if term not in known)


def beginning_of(term: str) -> str:
    """Return the first letters of a whole term, or of a prefix, by which an index may group terms.

    All words that a prefix finds have the same ones. A word without prefixes is its own beginning.
    """
    word = term.removesuffix(_PREFIX_MARK)
    return word if _begins_with_digit(word) else word[:MIN_PREFIX_LENGTH]


def is_prefix(term: str) -> bool:
    """Return whether a partial term is the prefix of words."""
    return term.endswith(_PREFIX_MARK)


def _begins_with_digit(word: str) -> bool:
    """Return whether one of the first characters is a digit, as in a year, a date or a number."""
    return any(map(str.isdigit, word[:MIN_PREFIX_LENGTH]))


def _prefix(text: str) -> str:
    """Return the partial term for all words that are longer than `text` and start with it."""
    return text + _PREFIX_MARK


def _incomplete_last_term(text: str, runs: list[_Run]) -> str | None:
    """Return the word that `text` ends in, if it may be the beginning of a longer word."""
    if not runs or runs[-1].script is not _Script.SPACED:
        return None
    last_character = fold_text(text)[-1]
    if _script_of(last_character) is None:
        return None
    last = runs[-1].text
    may_be_longer = MIN_PREFIX_LENGTH <= len(last) < MAX_TERM_LENGTH
    return last if may_be_longer and not _begins_with_digit(last) else None


def _unique(terms: Iterable[str]) -> list[str]:
    """Return the terms without repetitions, in order."""
    return list(dict.fromkeys(terms))
