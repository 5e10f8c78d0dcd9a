"""Sentences that people meet in their own language: here in English, with their facts apart from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Message:
    """`str()` is the English; `many` says it of every `count` but 1. The texts take facts as `%(name)s`."""

    one: str
    many: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)

    def with_values(self, **facts: Value) -> "Message":
        """The sentence with its facts."""
        return replace(self, facts=facts)

    def __str__(self) -> str:
        text = self.one if self.many is None or self.facts["count"] == 1 else self.many
        shown = {
            name: f"{fact:g}" if isinstance(fact, float) else fact
            for name, fact in self.facts.items()
        }
        return text % shown if shown else text


def message(text: str) -> Message:
    """One that reads the same whatever its facts. `make words` finds it by this name, as a literal."""
    return Message(text)


def plural_message(one: str, many: str) -> Message:
    """One that depends on its fact `count`. `make words` finds it by this name, as two literals."""
    return Message(one, many)
