"""Scripts show only texts that their page provides."""

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
# Names of headers, keys and kinds of data.
_NAMES = {"Accept", "Escape", "Enter", "Tab", "Home", "End", "Files"}


def literals(source: str) -> list[str]:
    return ["".join(found) for found in _LITERAL.findall(_COMMENT.sub("", source))]


def visible_texts(source: str) -> list[str]:
    """Return the literals that visitors would read."""
    return [text for text in literals(source) if _WORDS.search(text) and text not in _NAMES]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_contain_no_text(script: Path) -> None:
    """No script has a text that stays English."""
    assert visible_texts(script.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'announce("Waiting");',
        "row.setState(`Too large: ${size}`);",
        'f("the file is empty.")',
        'f("Done.")',
    ],
)
def test_a_text_in_a_script_is_found(source: str) -> None:
    """Single words, sentences and template literals are found."""
    assert visible_texts(source)


def test_pages_provide_exactly_the_texts_that_scripts_use(app: Flask) -> None:
    """Every text that a script uses is provided, and every provided text is used."""
    sources = [script.read_text(encoding="utf-8") for script in SCRIPTS]
    used = {name for source in sources for name in _TEXT.findall(source)}
    used |= {name for source in sources for names in _CHOICE.findall(source) for name in names}
    with app.test_request_context():
        provided = {name for page in script_texts.SCRIPT_TEXTS.values() for name in page()}
    assert used == provided
