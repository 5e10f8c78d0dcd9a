"""Runs of marks are limited."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from app.domain.unicode_text import limit_marks
from tests.domain.text_properties import REPEATABLE


@given(st.text("a\u0301\u0323\u05b0\u3099é\u034f", max_size=200))
@REPEATABLE
def test_runs_of_marks_are_divided(text: str) -> None:
    """Each run has at most 30 marks, and nothing else changes."""
    limited = limit_marks(text)
    assert limited.replace("\u034f", "") == text.replace("\u034f", "")
    assert limit_marks(limited) == limited
    runs = "".join("m" if unicodedata.combining(c) else " " for c in limited).split()
    assert max(map(len, runs), default=0) <= 30
