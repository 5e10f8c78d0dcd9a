"""Titles, descriptions and tags.

Covers app.domain.tags.
"""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidText
from app.domain.photo_text import clean_description, clean_title, title_from_filename
from app.domain.tags import MAX_TAGS, clean_tags

REPEATABLE = settings(derandomize=True, database=None, deadline=None)


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


@given(st.text(max_size=150))
@REPEATABLE
def test_titles_have_only_printable_characters(text: str) -> None:
    """A title has no control or bidirectional character and is in NFC."""
    title = clean_title(text)
    assert title == unicodedata.normalize("NFC", title)
    assert not any(
        unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} for character in title
    )
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in title


def test_the_joiner_in_an_emoji_is_kept() -> None:
    """A family emoji, joined with a zero-width joiner, is not changed."""
    family = "👩\N{ZERO WIDTH JOINER}👧"
    assert clean_title(family) == family


def test_descriptions_keep_their_lines() -> None:
    """All line endings become line feeds, and blank lines between lines stay."""
    assert clean_description("  one \r\n\r\ntwo\rthree\n\n") == "one\n\ntwo\nthree"


def test_texts_over_the_limit_are_rejected() -> None:
    """The error for a text that is too long has the field and the limit."""
    with pytest.raises(InvalidText, match="limit 200") as raised:
        clean_title("x" * 201)
    assert raised.value.field == "title"
    with pytest.raises(InvalidText, match="limit 20"):
        clean_tags(",".join(map(str, range(21))))


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("IMG_1234.HEIC", "IMG 1234"),
        ("C:\\Users\\me\\sunset.jpg", "sunset"),
        ("a/b/바다.jpeg", "바다"),
        (".jpg", "Untitled"),
        ("", "Untitled"),
        ("no extension", "no extension"),
    ],
)
def test_a_file_name_gives_a_title(filename: str, title: str) -> None:
    """Folder and extension are removed, underscores become spaces, and no title is empty."""
    assert title_from_filename(filename) == title
