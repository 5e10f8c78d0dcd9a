"""A tag has one spelling, and an index of tags starts at it."""

import string
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.tags import MAX_TAGS, clean_tags, first_possible_tag, index_letter, normalize_tag
from tests.domain.text_properties import REPEATABLE, TEXT_CHARACTERS

TAG_CHARACTERS = (
    TEXT_CHARACTERS + "#,;、،/\\.\uff1b\ufe50\ufe10\ufe54\uff64\ufe5f\uff03\u037e\u2028İΣﬁ"
)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        ("sea, Sea , SEA", ("sea",)),
        ("바다, 하늘", ("바다", "하늘")),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}, CAFE\N{COMBINING ACUTE ACCENT}", ("café",)),
        ("#sunset,  new   york ", ("sunset", "new york")),
        ("海，夕方、空", ("海", "夕方", "空")),
        ("../.., a/b, .", (".. ..", "a b")),
        ("Straße, İzmir", ("straße", "i̇zmir")),
        ("#sea #sunset", ("sea", "sunset")),
        ("#sea\N{FULLWIDTH NUMBER SIGN}1, \N{FULLWIDTH NUMBER SIGN}b", ("sea#1", "b")),
        ("\uff33\uff45\uff41, sea", ("sea",)),
        ("🌊\N{VARIATION SELECTOR-16}, 🌊", ("🌊",)),
        ("ﬁsh, fish, 2\N{SUPERSCRIPT TWO}", ("fish", "22")),
        ("c# major", ("c# major",)),
    ],
)
def test_equivalent_tags_are_normalized_to_one(text: str, tags: tuple[str, ...]) -> None:
    """Case, spacing, composition and separators do not make a different tag."""
    assert clean_tags(text) == tags


@given(st.lists(st.text(max_size=12), max_size=MAX_TAGS))
@REPEATABLE
def test_cleaning_clean_tags_changes_nothing(texts: list[str]) -> None:
    """A clean tag stays the same, so the page of the tag can be found by its URL."""
    tags = clean_tags(texts)
    assert clean_tags(tags) == tags
    assert all("/" not in tag and tag == tag.strip() and tag for tag in tags)


@given(st.text("aA\u0130\ufe0f\u0301\u0344\u3099\uff21 #/.", max_size=60))
@REPEATABLE
def test_a_tag_has_one_spelling(text: str) -> None:
    """The page of a tag is found by the tag, whatever marks and selectors it has."""
    assert normalize_tag(normalize_tag(text)) == normalize_tag(text)


@given(st.lists(st.text(TAG_CHARACTERS, max_size=12), max_size=MAX_TAGS) | st.text(TAG_CHARACTERS))
@example("海\N{FULLWIDTH SEMICOLON}山")
@example("a\N{SMALL COMMA}b")
@example("a \u202e#b")
@example("a/#b")
@REPEATABLE
def test_saving_the_form_of_a_photo_again_changes_no_tag(text: str | list[str]) -> None:
    """The form shows the tags separated by commas."""
    tags = clean_tags(text)
    assert clean_tags(", ".join(tags)) == tags


def test_no_character_becomes_a_separator_inside_a_tag() -> None:
    """Each character of Unicode is kept, separates tags or is left out."""
    for code_point in range(sys.maxunicode + 1):
        if unicodedata.normalize("NFKC", chr(code_point)) != chr(code_point):
            tags = clean_tags(f"a{chr(code_point)}b")
            assert clean_tags(", ".join(tags)) == tags, hex(code_point)


@pytest.mark.parametrize(
    ("tag", "letter"),
    [
        ("sea", "S"),
        ("2026", "2"),
        ("élan", "É"),
        ("가을", "ㄱ"),
        ("꽃", "ㄱ"),
        ("힣", "ㅎ"),
        ("海", "海"),
    ],
)
def test_index_lists_a_tag_under_its_first_letter(tag: str, letter: str) -> None:
    """A Korean syllable counts as its initial consonant, and a doubled one as the simple one."""
    assert index_letter(tag) == letter


def test_every_letter_of_an_index_leads_to_its_tags() -> None:
    """The letter of a tag starts the index at the tag or before, but not before other letters."""
    tags = [*string.ascii_lowercase, *(chr(code) for code in range(ord("가"), ord("힣") + 1))]
    starts = {tag: first_possible_tag(index_letter(tag)) for tag in tags}
    assert all(start <= tag for tag, start in starts.items())
    assert all(index_letter(start) == index_letter(tag) for tag, start in starts.items())


@pytest.mark.parametrize("start", ["SEA", "ＳＥＡ", "#sea", " sea "])  # noqa: RUF001
def test_index_starts_at_a_tag_in_any_spelling(start: str) -> None:
    """Tags are stored in lower case, so an index from "Sea" on would begin before all of them."""
    assert first_possible_tag(start) == "sea"


@pytest.mark.parametrize("tag", ["", "sea", "바다 여행", "🌊🌊"])
def test_index_starts_at_a_tag(tag: str) -> None:
    """The next page starts at the tag that the page before names."""
    assert first_possible_tag(tag) == tag
