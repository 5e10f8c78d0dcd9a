"""The index terms of photos and the terms of search queries."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.search_terms import (
    MAX_INDEX_TERMS,
    MAX_QUERY_TERMS,
    MAX_TERM_LENGTH,
    MIN_PARTIAL_TERMS,
    SearchQuery,
    beginning_of,
    fold_text,
    index_terms,
    is_prefix,
)

REPEATABLE = settings(derandomize=True, database=None)
texts = st.text(max_size=200) | st.text("ab 해운대에서海辺 ガé-", max_size=400)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "CAFE"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "cafe"),
        ("STRASSE", "straße"),
        ("İzmir", "izmir"),
        ("Ёлка й", "елка и"),
        ("Άλφα", "αλφα"),
        ("\uff46\uff55\uff4c\uff4c \uff12", "full 2"),
        ("ﾊﾞｽ", "バス"),
        ("\u1112\u1162\u110b\u116e\u11ab\u1103\u1162", "해운대"),
        ("㎢", "km2"),
        ("Łódź", "lodz"),
        ("☀\N{VARIATION SELECTOR-16}", "☀"),
        ("Ærøskøbing", "aeroskobing"),
        ("Đà Nẵng", "da nang"),
        ("Þórsmörk Œuvre", "thorsmork oeuvre"),
        ("\N{LATIN SMALL LETTER DOTLESS I}stanbul", "ISTANBUL"),
    ],
)
def test_case_accents_and_compatibility_forms_are_folded(one: str, other: str) -> None:
    """Two spellings of a word are equal after folding."""
    assert fold_text(one) == fold_text(other)


@pytest.mark.parametrize(
    ("one", "other"), [("はは", "ばば"), ("ハハ", "パパ"), ("कि", "का"), ("해", "하"), ("ไม่", "ไม")]
)
def test_marks_that_make_a_different_letter_are_kept(one: str, other: str) -> None:
    """Voicing marks of kana and vowel signs distinguish words."""
    assert fold_text(one) != fold_text(other)


@given(texts)
@REPEATABLE
def test_folding_folded_text_changes_nothing(text: str) -> None:
    """Folded text is equal to itself after another folding."""
    assert fold_text(fold_text(text)) == fold_text(text)


def test_whole_terms_come_before_partial_terms() -> None:
    """Words of title, tags and description come first, then prefixes and single characters."""
    assert index_terms("Harbour, at dusk", ("new york", "바닷가"), "The harbour's pier.") == (
        *("harbour", "at", "dusk", "new", "york", "바닷", "닷가", "pier"),
        *("har*", "harb*", "harbo*", "harbou*", "dus*", "yor*", "바", "닷", "가", "pie*"),
    )


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("海", {"海"}),
        ("日本海", {"日本", "本海", "日", "本", "海"}),
        ("iPhone으로", {"iphone", "으로", "으", "로"}),
        ("2026년", {"2026", "년"}),
        ("IMG_1234", {"img", "1234"}),
        ("हिन्दी", {"हिन्दी"}),
        ("🎉 !!! …", {"🎉"}),
        ("🌊👍🏽", {"🌊", "👍"}),
        ("👩\N{ZERO WIDTH JOINER}👧", {"👩", "👧"}),
        ("ทะเล", {"ทะ", "ะเ", "เล", "ท", "ะ", "เ", "ล"}),
        ("ທະເລ 2", {"ທະ", "ະເ", "ເລ", "ທ", "ະ", "ເ", "ລ", "2"}),
    ],
)
def test_the_script_decides_the_terms(text: str, terms: set[str]) -> None:
    """Scripts with spaces give words, and those without give bigrams and single characters."""
    assert {term for term in index_terms(text, (), "") if not term.endswith("*")} == terms


def test_a_long_description_is_cut_before_the_title() -> None:
    """Of too many terms, the first words and the prefixes of the title are kept."""
    description = " ".join(f"word{number}" for number in range(100))
    terms = index_terms("Harbour", (), description)
    assert len(terms) == MAX_INDEX_TERMS
    assert terms[: MAX_INDEX_TERMS - MIN_PARTIAL_TERMS] == (
        "harbour",
        *(f"word{number}" for number in range(39)),
    )
    assert "harbou*" in terms


def test_whole_terms_use_all_places_without_partial_terms() -> None:
    """A text without partial terms gives the maximum number of whole terms."""
    terms = index_terms(" ".join(f"{number:02}" for number in range(80)), (), "")
    assert terms == tuple(f"{number:02}" for number in range(MAX_INDEX_TERMS))


@given(texts, st.lists(texts, max_size=20).map(tuple), texts)
@REPEATABLE
def test_index_terms_are_limited_in_number_and_length(
    title: str, tags: tuple[str, ...], description: str
) -> None:
    """Any text gives at most 60 different terms, none of them empty or too long."""
    terms = index_terms(title, tags, description)
    assert len(terms) == len(set(terms)) <= MAX_INDEX_TERMS
    assert all(0 < len(term) <= MAX_TERM_LENGTH for term in terms)


@given(texts)
@REPEATABLE
def test_a_photo_is_terms_its_own_short_title(text: str) -> None:
    """A photo is listed under a term of every part of a query with its own short title."""
    title = text[:20]
    terms = set(index_terms(title, (), ""))
    assert all(terms.intersection(alternatives) for alternatives in SearchQuery.of(title).terms)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("?!", ()),
        ("harb", (("harb", "harb*"),)),
        ("harb ", (("harb",),)),
        ("harb.", (("harb",),)),
        ("ha", (("ha",),)),
        ("Sea SEA ", (("sea",),)),
        ("harb sea", (("harb",), ("sea", "sea*"))),
        ("at harbour ", (("harbour",),)),
        ("harbour at", (("harbour",),)),
        ("at the ", (("the",), ("at",))),
        ("the", (("the", "the*"),)),
        ("sea 2026", (("2026",), ("sea",))),
        ("a7r", (("a7r",),)),
        ("f16c", (("f16c",),)),
        ("iphone15", (("iphone15", "iphone15*"),)),
        ("해운대", (("해운",), ("운대",))),
        ("海", (("海",),)),
        ("해변 har", (("해변",), ("har", "har*"))),
    ],
)
def test_a_query_has_the_terms_of_its_text(text: str, terms: tuple[tuple[str, ...], ...]) -> None:
    """Each term occurs once, long terms first; an incomplete last word also has its prefix."""
    assert SearchQuery.of(text).terms == terms


def test_a_query_has_at_most_eight_terms() -> None:
    """Terms beyond the eighth are left out, and the query records that."""
    assert SearchQuery.of("b c d f g h j k").left_out is False
    query = SearchQuery.of("b c d f g h j k l")
    assert query.left_out
    assert sorted(query.terms) == [(letter,) for letter in "bcdfghjk"]
    assert MAX_QUERY_TERMS == 8


def test_stop_words_take_no_place_of_other_words() -> None:
    """A query of a long sentence keeps its words, and so does a long description."""
    query = SearchQuery.of("at the b of c in d by f with g to h from j and k ")
    assert not query.left_out
    assert len(query.terms) == MAX_QUERY_TERMS
    description = "the sea and " * 50 + "harbour"
    assert index_terms("The pier", (), description)[:4] == ("the", "pier", "sea", "harbour")


@pytest.mark.parametrize("word", ["2026", "20260805", "5d", "a7r", "3000m", "f16c"])
def test_a_word_that_begins_with_a_number_is_found_whole(word: str) -> None:
    """Years and dates have no prefixes, and are no group of words with the same beginning."""
    assert index_terms(word, (), "") == (word,)
    assert beginning_of(word) == word


@given(texts)
@REPEATABLE
def test_a_prefix_and_the_words_it_finds_have_the_same_beginning(text: str) -> None:
    """An index that groups words by their beginnings reads one group for a term of a query."""
    for word in index_terms(text, (), ""):
        for alternatives in SearchQuery.of(word).terms:
            assert len(set(map(beginning_of, alternatives))) == 1
    for title in (text, f"{text[:20]}harbour"):
        words = [term for term in index_terms(title, (), "") if not is_prefix(term)]
        prefixes = [term for term in index_terms(title, (), "") if is_prefix(term)]
        for prefix in prefixes:
            longer = [word for word in words if word.startswith(prefix[:-1])]
            assert {beginning_of(word) for word in longer} <= {beginning_of(prefix)}
