"""Prose in the documents is at most 100 columns wide, as code is, and has few terms of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_DOCUMENTS = sorted((*_ROOT.glob("*.md"), *_ROOT.glob("docs/*.md")))
_WIDTH = 100
_FENCE = "```"
_MAX_TERMS = 12


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines outside of code and tables."""
    is_code = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(_FENCE):
            is_code = not is_code
        elif not is_code and not line.startswith("|"):
            yield number, line


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: path.name)
def test_lines_of_prose_fit(document: Path) -> None:
    """Only a single word, such as a link, may be longer."""
    lines = _prose(document.read_text(encoding="utf-8"))
    assert [number for number, line in lines if len(line) > _WIDTH and " " in line.strip()] == []


def test_the_glossary_has_few_terms() -> None:
    """Standard terms need no entry, so that a newcomer learns at most a dozen."""
    glossary = (_ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line for line in glossary.splitlines() if line.startswith("| ")]
    terms = rows[2:]  # after the head of the table
    assert 0 < len(terms) <= _MAX_TERMS
