"""docs/glossary.md is short."""

from pathlib import Path

_GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
_MAX_TERMS = 12


def test_the_glossary_has_few_terms() -> None:
    """Standard terms need no entry, so that a newcomer learns at most a dozen."""
    rows = [line for line in _GLOSSARY.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    terms = rows[2:]  # after the head of the table
    assert 0 < len(terms) <= _MAX_TERMS
