"""Scripts say only what their page hands them."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app.web.rendering import script_texts

STATIC = Path(__file__).parent.parent.parent / "static" / "js"
SCRIPTS = sorted(STATIC.rglob("*.js"))

_COMMENT = re.compile(r"^\s*//.*|\s// .*", re.MULTILINE)
_LITERAL = re.compile(r'"([^"\n]*)"|`([^`]*)`')
_TEXT = re.compile(r'\btext\(\s*"([^"]+)"')
_CHOICE = re.compile(r'\btext\([^"()]*\? "([^"]+)" : "([^"]+)"')
_WORDS = re.compile(r"^[A-Z][a-z]+(?: |[.:!?]?$)|[a-z’]{2,} [a-z]{2,}[^\[\]#=>]*[.!?]$")
_NAMES = {
    "Accept",
    "Escape",
    "Enter",
    "Tab",
    "Home",
    "End",
    "Files",
}  # of headers, keys and kinds of data


def literals(source: str) -> list[str]:
    return ["".join(found) for found in _LITERAL.findall(_COMMENT.sub("", source))]


def unspeakable(source: str) -> list[str]:
    """The literals that people would read."""
    return [text for text in literals(source) if _WORDS.search(text) and text not in _NAMES]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_have_no_words_of_their_own(script: Path) -> None:
    """No script has a text that stays English."""
    assert unspeakable(script.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ['say("Waiting");', "row.settle(`Too big: ${size}`);", 'f("the file is empty.")', 'f("In.")'],
)
def test_a_text_in_a_script_is_found(source: str) -> None:
    """The search finds single words, sentences and templates."""
    assert unspeakable(source)


def test_pages_hand_their_scripts_what_these_say_and_no_more(app: Flask) -> None:
    """Every text that a script asks for is handed to it, and every one that is handed to it is asked for."""
    sources = [script.read_text(encoding="utf-8") for script in SCRIPTS]
    asked = {name for source in sources for name in _TEXT.findall(source)}
    asked |= {name for source in sources for names in _CHOICE.findall(source) for name in names}
    with app.test_request_context():
        handed = {name for page in script_texts.SCRIPT_TEXTS.values() for name in page()}
    assert asked == handed
