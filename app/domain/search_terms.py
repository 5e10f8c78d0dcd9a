"""Words: which ones a photo is found by, and which ones a visitor asks for.

A word is a run of letters and digits without case and accents. Chinese, Japanese and Korean are written without spaces,
or with endings joined on, so there every two neighbouring characters are a word (a bigram): 해운대 is 해운 and 운대.
Beside its words a photo is listed under the parts of them that people type: the beginnings (`har*` for harbour) and the
single characters of a bigram.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby, pairwise

MAX_INDEXED = 60  # listings of one photo: with record, tags and the rest it stays below 100 items a transaction
MAX_PARTS = 20  # of these are kept for parts when there are more words than room
MAX_QUERY_TERMS = 8  # words of one search: each is a list to read
MAX_TERM_LENGTH = 24  # characters; longer ones are cut, in photos and searches alike
MIN_PREFIX_LENGTH = 3  # characters; shorter beginnings would list nearly every photo

_BIGRAM, _SPACED = "bigram", "spaced"
_UNSPACED = re.compile(
    "[\u1100-\u11ff\uac00-\ud7ff]"  # Hangul
    "|[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff]"  # kana and iteration marks
    "|[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"  # Han
)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a visitor asks for: photos with every term, and so with at least one of each term's words."""

    terms: tuple[tuple[str, ...], ...]
    left_out: bool  # there were more than `MAX_ASKED` words

    @classmethod
    def of(cls, text: str) -> "SearchQuery":
        """The words of `text`, those that look rarest first; a last one that touches the end may go on."""
        runs = list(_runs(text))
        asked = list(dict.fromkeys(chain.from_iterable(map(_words, runs))))
        terms: list[tuple[str, ...]] = [(word,) for word in asked[:MAX_QUERY_TERMS]]
        if (last := _incomplete_last_term(text, runs)) and terms[-1:] == [(last,)]:
            terms[-1] = (last, _prefix(last))
        terms.sort(key=lambda term: (len(term), -len(term[0])))
        return cls(tuple(terms), len(asked) > MAX_QUERY_TERMS)


@lru_cache(128)  # one change of a photo asks for its listings many times
def index_terms(title: str, tags: tuple[str, ...], description: str) -> tuple[str, ...]:
    """At most `MAX_INDEXED` words and parts to list a photo under: the title's first, then the tags', then the rest.

    Words go before parts, but for the first `MAX_PARTS` parts: a long description does not push out the title's.
    """
    runs = [run for text in (title, *tags, description) for run in _runs(text)]
    words = list(dict.fromkeys(chain.from_iterable(map(_words, runs))))
    known = frozenset(words)
    parts = [
        part
        for part in dict.fromkeys(chain.from_iterable(map(_prefixes_and_characters, runs)))
        if part not in known
    ]
    words = words[: MAX_INDEXED - min(len(parts), MAX_PARTS)]
    return (*words, *parts[: MAX_INDEXED - len(words)])


def fold_text(text: str) -> str:
    """`text` without case, accents and compatibility forms: Café, CAFE and cafe are one. Hangul stays composed."""
    if text.isascii():
        return text.lower()
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not _is_accent(letter)
    )
    return unicodedata.normalize("NFKC", bare.casefold())


def _is_accent(mark: str) -> bool:
    """Whether a combining mark goes without making another letter, by its class (Unicode Standard, section 4.3).

    Accents do, and the vowel points of Hebrew and Arabic; voicing marks of kana (は, ば) and Indic signs don't.
    """
    place = unicodedata.combining(mark)
    return place == 1 or 10 <= place <= 35 or place >= 200


@dataclass(frozen=True, slots=True)
class _Run:
    """Letters and digits that stand together, folded; `spaced` where the script puts spaces between words."""

    text: str
    spaced: bool


def _runs(text: str) -> Iterator[_Run]:
    for kind, run in groupby(fold_text(text), _kind):
        if kind:
            yield _Run("".join(run), spaced=kind == _SPACED)


@lru_cache(4096)
def _kind(letter: str) -> str | None:
    if _UNSPACED.match(letter):
        return _BIGRAM
    return _SPACED if unicodedata.category(letter)[0] in "LMN" else None


def _words(run: _Run) -> Iterator[str]:
    if run.spaced or len(run.text) == 1:
        yield run.text[:MAX_TERM_LENGTH]
    else:
        yield from map("".join, pairwise(run.text))


def _prefixes_and_characters(run: _Run) -> Iterator[str]:
    """What else the words of `run` are found by."""
    if not run.spaced:
        yield from run.text
        return
    word = run.text[:MAX_TERM_LENGTH]
    yield from (_prefix(word[:length]) for length in range(MIN_PREFIX_LENGTH, len(word)))


def _prefix(word: str) -> str:
    """The part that stands for every longer word that begins so."""
    return f"{word}*"


def _incomplete_last_term(text: str, runs: list[_Run]) -> str | None:
    """The word that `text` ends in, if the next letter typed might go on with it."""
    if not runs or not runs[-1].spaced or not _kind(fold_text(text)[-1]):
        return None
    last = runs[-1].text
    return last if MIN_PREFIX_LENGTH <= len(last) < MAX_TERM_LENGTH else None
