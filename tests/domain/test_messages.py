"""Sentences apart from their facts."""

import pickle

import pytest

from app.domain.errors import ImageTooLarge, InvalidUpload
from app.domain.messages import Message, message, plural_message


@pytest.mark.parametrize(
    ("said", "english"),
    [
        (message("Nothing here, 100 % sure."), "Nothing here, 100 % sure."),
        (message("%(size)s MB is too big.").with_values(size=12.0), "12 MB is too big."),
        (message("%(size)s MB is too big.").with_values(size=2.25), "2.25 MB is too big."),
        (plural_message("%(count)s tag", "%(count)s tags").with_values(count=1), "1 tag"),
        (plural_message("%(count)s tag", "%(count)s tags").with_values(count=0), "0 tags"),
        (
            plural_message("%(count)s tag of %(name)s", "%(count)s tags of %(name)s").with_values(
                count=2, name="100 %"
            ),
            "2 tags of 100 %",
        ),
    ],
)
def test_a_sentence_is_english_where_nobody_translates_it(said: Message, english: str) -> None:
    """`str()` has the facts filled in and the form that the number takes."""
    assert str(said) == english


def test_an_error_is_its_sentence() -> None:
    """What an error says is its sentence, whose facts stay apart for other languages."""
    error = InvalidUpload(message("%(size)s MB is too big.").with_values(size=12))
    assert str(error) == "12 MB is too big."
    assert error.message.facts == {"size": 12}


def test_an_error_keeps_its_facts_between_processes() -> None:
    """A decoder's error arrives with its sentence and the facts of it."""
    error = ImageTooLarge(
        plural_message("%(count)s pixel", "%(count)s pixels").with_values(count=2)
    )
    assert pickle.loads(pickle.dumps(error)).message == error.message  # noqa: S301  our own
