"""Messages keep their texts and values apart."""

import pickle

import pytest

from app.domain.errors import ImageTooLarge, InvalidUpload
from app.domain.messages import Message, message, plural_message


@pytest.mark.parametrize(
    ("text", "english"),
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
def test_str_of_a_message_is_english(text: Message, english: str) -> None:
    """`str()` fills in the values and uses the form for the count."""
    assert str(text) == english


def test_an_error_has_its_message() -> None:
    """An error's text is its message, and the values stay apart for translation."""
    error = InvalidUpload(message("%(size)s MB is too big.").with_values(size=12))
    assert str(error) == "12 MB is too big."
    assert error.message.values == {"size": 12}


def test_an_error_keeps_its_values_between_processes() -> None:
    """An image worker's error arrives with its message and values."""
    error = ImageTooLarge(
        plural_message("%(count)s pixel", "%(count)s pixels").with_values(count=2)
    )
    assert pickle.loads(pickle.dumps(error)).message == error.message  # noqa: S301  our own
