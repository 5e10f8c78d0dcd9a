"""The words that a search ignores."""

import pytest

from app.domain.search.stop_words import STOP_WORDS
from app.domain.search_terms import SearchQuery, fold_text, index_terms


@pytest.mark.parametrize("word", sorted(STOP_WORDS))
def test_a_stop_word_is_one_folded_word(word: str) -> None:
    """Otherwise no term would be equal to it."""
    assert word == fold_text(word)
    assert SearchQuery.of(f"{word} ").terms == ((word,),)


@pytest.mark.parametrize("word", sorted(STOP_WORDS))
def test_a_stop_word_is_found_in_titles_and_tags_if_nothing_else_is_asked(word: str) -> None:
    """A description does not list it. With other words, a search ignores it."""
    assert word in index_terms(word, (), "")
    assert word in index_terms("", (word,), "")
    assert index_terms("", (), f"{word} {word}") == ()
    assert SearchQuery.of(f"{word} pier ").terms == SearchQuery.of("pier ").terms
