"""The callback by which a long operation reports its progress."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class ProgressCallback(Protocol):
    """Counts the items of a long operation as they pass through."""

    def __call__(self, label: str, items: Iterable[Item], /) -> Iterable[Item]:
        """Return `items` unchanged; count them under `label` as they are consumed."""


def no_progress(_label: str, items: Iterable[Item], /) -> Iterable[Item]:
    """Return `items` and report nothing."""
    return items
