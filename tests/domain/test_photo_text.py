"""Titles, descriptions and tags."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidText
from app.domain.photo_text import clean_description, clean_title, title_from_filename
from app.domain.tags import MAX_TAGS, clean_tags

REPEATABLE = settings(derandomize=True, database=None, deadline=None)


@pytest.mark.parametrize(
    ("typed", "tags"),
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
def test_tags_have_one_spelling(typed: str, tags: tuple[str, ...]) -> None:
    """Case, spacing, composition and separators do not make another tag."""
    assert clean_tags(typed) == tags


@given(st.lists(st.text(max_size=12), max_size=MAX_TAGS))
@REPEATABLE
def test_cleaning_tags_again_changes_nothing(typed: list[str]) -> None:
    """A tag's spelling is its own: cleaning it again gives the same, so that every tag has its page."""
    tags = clean_tags(typed)
    assert clean_tags(tags) == tags
    assert all("/" not in tag and tag == tag.strip() and tag for tag in tags)


@given(st.text(max_size=150))
@REPEATABLE
def test_titles_are_one_printable_line(typed: str) -> None:
    """A title holds no control or bidirectional character and is in NFC."""
    title = clean_title(typed)
    assert title == unicodedata.normalize("NFC", title)
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} for letter in title)
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in title


def test_emoji_families_stay_whole() -> None:
    """The joiner inside an emoji is kept."""
    family = "👩\N{ZERO WIDTH JOINER}👧"
    assert clean_title(family) == family


def test_descriptions_keep_their_lines() -> None:
    """Line ends of every system become one kind; blank lines within stay."""
    assert clean_description("  one \r\n\r\ntwo\rthree\n\n") == "one\n\ntwo\nthree"


def test_nothing_is_cut_silently() -> None:
    """Too long a text is refused with its field and the limit."""
    with pytest.raises(InvalidText, match="limit 200") as refused:
        clean_title("x" * 201)
    assert refused.value.field == "title"
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
def test_a_title_from_a_file_name(filename: str, title: str) -> None:
    """Folder and ending go, underscores become spaces, and there is always a title."""
    assert title_from_filename(filename) == title
