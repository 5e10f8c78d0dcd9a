"""Titles, descriptions, alternative texts and file names."""

import unicodedata
from collections.abc import Callable
from itertools import groupby

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import InvalidText
from app.domain.photo_text import clean_alt, clean_description, clean_filename, clean_title
from app.domain.tags import clean_tags
from app.domain.unicode_text import normalize_text
from tests.domain.text_properties import REPEATABLE, TEXT_CHARACTERS


def longest_run_of_marks(text: str) -> int:
    """Return the most marks in a row, once the text is decomposed (UAX #15, section 13)."""
    decomposed = unicodedata.normalize("NFKD", text)
    runs = groupby(unicodedata.combining(character) != 0 for character in decomposed)
    return max((len(list(run)) for are_marks, run in runs if are_marks), default=0)


@pytest.mark.parametrize(
    "clean", [normalize_text, clean_title, clean_alt, clean_description, clean_filename]
)
@given(text=st.text(TEXT_CHARACTERS, max_size=120) | st.text())
@example(text="e\u202e\u0301")
@example(text="e" + "\u202e".join(["\u0301" * 30] * 5))
@example(text="\u0f73" * 20)
@REPEATABLE
def test_saving_a_text_again_changes_nothing(clean: Callable[[str], str], text: str) -> None:
    """The stored text is in NFC and has at most 30 marks in a row."""
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert longest_run_of_marks(cleaned) <= 30


@given(st.text(max_size=150))
@REPEATABLE
def test_titles_are_normalized(text: str) -> None:
    """A title is in NFC, has no control character, and stays the same if it is cleaned again."""
    title = clean_title(text)
    assert title == unicodedata.normalize("NFC", title)
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in title)
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in title
    assert clean_title(title) == title


KEPT = {
    "an emoji newer than this Python": "a\U0001fae9b \U0001fa77",
    "a family": "👩\N{ZERO WIDTH JOINER}👧",
    "the flag of Scotland": "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "gbsct\x7f"),
    "direction marks": "\N{LEFT-TO-RIGHT MARK}עברית\N{RIGHT-TO-LEFT MARK}!",
    "zero-width spaces of Thai": "ทะเล\N{ZERO WIDTH SPACE}สวย",
    "private use": "\uf8ff Park",
    "unassigned": "\u0378",
    "soft hyphens": "Donau\N{SOFT HYPHEN}dampf",
}


@pytest.mark.parametrize("kind", KEPT)
def test_what_people_type_is_kept(kind: str) -> None:
    assert clean_title(KEPT[kind]) == KEPT[kind]
    assert clean_description(KEPT[kind]) == KEPT[kind]


@pytest.mark.parametrize(
    "dropped", ["\ud800", "\ufffe", "\U0001ffff", "\ufdd0", "\u202e", "\u202d"], ids=ascii
)
def test_characters_that_mean_nothing_are_left_out(dropped: str) -> None:
    """Lone surrogates, noncharacters and bidirectional overrides."""
    assert clean_title(f"a{dropped}b") == "ab"


@pytest.mark.parametrize(
    "blank", ["\u200b", "\u3164\u3164", "\u2800", "\u00ad \ufeff", "\u0301"], ids=ascii
)
def test_a_title_without_a_visible_character_is_empty(blank: str) -> None:
    """The photo is then named after its file."""
    assert clean_title(blank) == clean_alt(blank) == ""
    assert clean_filename(blank) == ""
    assert clean_tags(blank) == ()


HALF_A_MEGABYTE = [
    "e\u0301\u0323" * 80_000,
    "a" + "\u0300\u0316" * 120_000,
    "\u1100\u1161\u11a8" * 80_000,
    "\ufdfa" * 160_000,
    ", " * 250_000,
    " #" * 250_000,
    "\r" * 500_000,
    "." * 500_000,
]


@pytest.mark.parametrize("text", HALF_A_MEGABYTE, ids=lambda text: ascii(text[:6]))
@pytest.mark.parametrize("clean", [clean_title, clean_alt, clean_description, clean_tags])
def test_half_a_megabyte_is_rejected_before_it_is_normalized(
    clean: Callable[[str], object], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Normalizing runs of marks takes quadratic time without a limit."""
    lengths: list[int] = []
    normalize = unicodedata.normalize

    def measured(form: str, value: str) -> str:
        lengths.append(len(value))
        return normalize(form, value)  # type: ignore[arg-type]

    monkeypatch.setattr(unicodedata, "normalize", measured)
    with pytest.raises(InvalidText):
        clean(text)
    assert max(lengths, default=0) < 100_000


def test_descriptions_keep_their_lines() -> None:
    """All line endings become line feeds, and blank lines between lines stay."""
    assert clean_description("  one \r\n\r\ntwo\rthree\n\n") == "one\n\ntwo\nthree"


@pytest.mark.parametrize(
    ("clean", "text", "message"),
    [
        (clean_title, "x" * 201, "The title is 1 character too long (limit 200)."),
        (clean_title, " x" * 150, "The title is 99 characters too long (limit 200)."),
        (clean_title, "x" * 100_000, "The title is 99800 characters too long (limit 200)."),
        (clean_alt, "x" * 1100, "The alternative text is 100 characters too long (limit 1000)."),
        (clean_description, "x" * 5002, "The description is 2 characters too long (limit 5000)."),
        (
            clean_tags,
            "a," + "x" * 53,
            f"The tag “{'x' * 20}…” is 3 characters too long (limit 50).",
        ),
        (clean_tags, ",".join(map(str, range(21))), "There is 1 tag too many (limit 20)."),
        (clean_tags, ",".join(map(str, range(25))), "There are 5 tags too many (limit 20)."),
    ],
)
def test_the_error_says_by_how_much_a_text_is_too_long(
    clean: Callable[[str], object], text: str, message: str
) -> None:
    with pytest.raises(InvalidText) as raised:
        clean(text)
    assert str(raised.value) == message
    assert raised.value.field == clean.__name__.removeprefix("clean_")


@pytest.mark.parametrize(
    ("path", "filename"),
    [
        ("IMG_1234.HEIC", "IMG_1234.HEIC"),
        ("C:\\Users\\me\\sunset.jpg", "sunset.jpg"),
        ("a/b/바다.jpeg", "바다.jpeg"),
        ("cafe\N{COMBINING ACUTE ACCENT}.jpg", "café.jpg"),
        ("a\nb\x00\N{RIGHT-TO-LEFT OVERRIDE}c.jpg", "a b c.jpg"),
        ("../" * 1000 + "x" * 10_000 + ".jpg", "x" * 255),
        ("", ""),
        ("..", ".."),
    ],
)
def test_a_file_name_has_no_folder_and_no_control_character(path: str, filename: str) -> None:
    """It is one line in NFC, and short."""
    assert clean_filename(path) == filename
    assert clean_filename(filename) == filename
