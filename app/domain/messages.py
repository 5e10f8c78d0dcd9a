"""Messages to users: an English text and its values, kept apart so that it can be translated."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

Value = str | int | float

_known: set[tuple[str, str | None]] = set()  # of all messages of the imported modules


@dataclass(frozen=True, slots=True)
class Message:
    """A text with placeholders such as `%(name)s`, and their values. `str()` is in English.

    `plural` is used for every `count` but 1.
    """

    singular: str
    plural: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)

    def with_values(self, **values: Value) -> "Message":
        """Return the message with these values."""
        return replace(self, values=values)

    def __str__(self) -> str:
        is_plural = self.plural is not None and self.values["count"] != 1
        text = str(self.plural) if is_plural else self.singular
        values = {name: _format_value(value) for name, value in self.values.items()}
        return text % values if values else text


def message(text: str) -> Message:
    """Return a message without plural forms.

    `make translations` extracts the text, so it must be a literal.
    """
    _known.add((text, None))
    return Message(text)


def plural_message(singular: str, plural: str) -> Message:
    """Return a message whose form depends on the value `count`.

    `make translations` extracts both texts, so they must be literals.
    """
    _known.add((singular, plural))
    return Message(singular, plural)


def is_known(message: Message) -> bool:
    """Return whether the text is one of Shoebox, whatever its values."""
    return (message.singular, message.plural) in _known


def _format_value(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
