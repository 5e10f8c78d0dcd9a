"""The words photos are found by, and the words of a search."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.search_terms import (
    MAX_INDEXED,
    MAX_PARTS,
    MAX_QUERY_TERMS,
    MAX_TERM_LENGTH,
    SearchQuery,
    fold_text,
    index_terms,
)

REPEATABLE = settings(derandomize=True, database=None, deadline=None)
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
    ],
)
def test_case_accents_and_forms_are_folded(one: str, other: str) -> None:
    """Two spellings of a word are one for a search."""
    assert fold_text(one) == fold_text(other)


@pytest.mark.parametrize(
    ("one", "other"), [("はは", "ばば"), ("ハハ", "パパ"), ("कि", "का"), ("해", "하"), ("ไม่", "ไม")]
)
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    """Voicing marks of kana and vowel signs tell words apart."""
    assert fold_text(one) != fold_text(other)


@given(texts)
@REPEATABLE
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is indexed folded is found by a search that is folded."""
    assert fold_text(fold_text(text)) == fold_text(text)


def test_what_a_photo_is_found_by() -> None:
    """Words of the title, then of the tags, then of the description; then beginnings and single characters."""
    assert index_terms("Harbour, at dusk", ("new york", "바닷가"), "The harbour's pier.") == (
        *("harbour", "at", "dusk", "new", "york", "바닷", "닷가", "the", "s", "pier"),
        *("har*", "harb*", "harbo*", "harbou*", "dus*", "yor*", "바", "닷", "가", "pie*"),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("海", {"海"}),
        ("日本海", {"日本", "本海", "日", "本", "海"}),
        ("iPhone으로", {"iphone", "으로", "으", "로"}),
        ("2026년", {"2026", "년"}),
        ("IMG_1234", {"img", "1234"}),
        ("हिन्दी", {"हिन्दी"}),
        ("🎉 !!! …", set()),
    ],
)
def test_runs_of_every_script(text: str, words: set[str]) -> None:
    """Scripts with spaces give whole words, those without give bigrams and single characters."""
    assert {word for word in index_terms(text, (), "") if not word.endswith("*")} == words


def test_a_description_is_cut_before_the_title_is() -> None:
    """Of too many words the first stay, and with them the title's beginnings."""
    description = " ".join(f"word{number}" for number in range(100))
    found_by = index_terms("Harbour", (), description)
    assert len(found_by) == MAX_INDEXED
    assert found_by[: MAX_INDEXED - MAX_PARTS] == (
        "harbour",
        *(f"word{number}" for number in range(39)),
    )
    assert "harbou*" in found_by


def test_room_that_parts_leave_is_for_words() -> None:
    """Where there are few parts, more words are indexed."""
    found_by = index_terms(" ".join(f"{number:02}" for number in range(80)), (), "")
    assert found_by == tuple(f"{number:02}" for number in range(MAX_INDEXED))


@given(texts, st.lists(texts, max_size=20).map(tuple), texts)
@REPEATABLE
def test_a_photo_has_at_most_sixty_words(
    title: str, tags: tuple[str, ...], description: str
) -> None:
    """Whatever was typed: at most 60 different words and parts, none empty, none long."""
    found_by = index_terms(title, tags, description)
    assert len(found_by) == len(set(found_by)) <= MAX_INDEXED
    assert all(0 < len(word) <= MAX_TERM_LENGTH for word in found_by)


@given(texts)
@REPEATABLE
def test_a_short_text_is_found_by_itself(text: str) -> None:
    """Every search made of a photo's own short title asks for nothing the photo is not listed under."""
    title = text[:20]
    found_by = set(index_terms(title, (), ""))
    assert all(found_by.intersection(term) for term in SearchQuery.of(title).terms)


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", ()),
        ("?!", ()),
        ("harb", (("harb", "harb*"),)),
        ("harb ", (("harb",),)),
        ("harb.", (("harb",),)),
        ("ha", (("ha",),)),
        ("Sea SEA ", (("sea",),)),
        ("harb sea", (("harb",), ("sea", "sea*"))),
        ("at harbour ", (("harbour",), ("at",))),
        ("해운대", (("해운",), ("운대",))),
        ("海", (("海",),)),
        ("해변 har", (("해변",), ("har", "har*"))),
    ],
)
def test_what_a_search_asks_for(typed: str, terms: tuple[tuple[str, ...], ...]) -> None:
    """Each word once, long ones first; a last word of three letters that nothing ends may go on."""
    assert SearchQuery.of(typed).terms == terms


def test_a_search_has_at_most_eight_words() -> None:
    """Words beyond the eighth are left out, and the search says so."""
    assert SearchQuery.of("a b c d e f g h").left_out is False
    query = SearchQuery.of("a b c d e f g h i")
    assert query.left_out
    assert sorted(query.terms) == [(letter,) for letter in "abcdefgh"]
    assert MAX_QUERY_TERMS == 8
