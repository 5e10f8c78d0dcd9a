"""The results of the last check, audit and comparison with advisories."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

WITH_FIX = "with a fix"  # advisories that a newer version of the package fixes
WITHOUT_FIX = "without a fix"
MAX_BYTES = 100_000  # of a stored result
_MAX_KINDS = 40  # kinds of findings in a result
_MAX_NOTES = 30
_MAX_LENGTH = 120  # characters of a kind or a note
_MAX_COUNT = 10**12
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_UNUSABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)


class RunKind(StrEnum):
    """A kind of run. The value is the name of the command."""

    CHECK = "check"
    AUDIT = "audit"
    ADVISORIES = "advisories"


class RunResults(Protocol):
    """Stores the last result of each kind.

    Every method raises StorageUnavailable if it may succeed later, otherwise StorageRefused.
    """

    def store(self, name: str, text: str) -> None:
        """Replace the text of the result with this name, at most MAX_BYTES long."""

    def read_all(self) -> Mapping[str, str]:
        """Return the texts by name, with one read."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a command ended.

    Attributes:
        ended_at: The time at the end.
        seconds: The duration.
        findings: The number of findings of each kind.
        repaired: The number of findings that were repaired.
        is_complete: Whether it reached its end.
        notes: Facts to show, such as packages with advisories. They have no personal data.
    """

    ended_at: datetime
    seconds: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)
    repaired: int = 0
    is_complete: bool = True
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """The number of findings."""
        return sum(self.findings.values())

    @property
    def remaining(self) -> int:
        """The number of findings that are not repaired."""
        return max(0, self.count - self.repaired)

    @property
    def is_good(self) -> bool:
        """Whether it reached its end and left no finding."""
        return self.is_complete and not self.remaining

    def is_within(self, age: timedelta, now: datetime) -> bool:
        """Return whether it ended less than `age` ago. A later time is that of a wrong clock."""
        return abs(now - self.ended_at) < age

    def to_json(self) -> str:
        """Return the text to store. Findings beyond the limits are left out."""
        kinds = sorted(self.findings.items())[:_MAX_KINDS]
        bounded = replace(
            self,
            findings={kind[:_MAX_LENGTH]: count for kind, count in kinds},
            notes=tuple(note[:_MAX_LENGTH] for note in self.notes[:_MAX_NOTES]),
        )
        ended_at = self.ended_at.astimezone(UTC).isoformat(timespec="seconds")
        return json.dumps(asdict(bounded) | {"ended_at": ended_at})

    @classmethod
    def from_json(cls, text: str) -> "RunResult | None":
        """Return the stored result, None if the text is none."""
        if len(text) > MAX_BYTES:
            return None
        try:
            return cls._of(json.loads(text))
        except _UNUSABLE:
            return None

    @classmethod
    def _of(cls, stored: dict[str, Any]) -> "RunResult":
        return cls(
            ended_at=_time(stored["ended_at"]),
            seconds=_count(stored["seconds"]),
            findings={_text(kind): _count(number) for kind, number in stored["findings"].items()},
            repaired=_count(stored["repaired"]),
            is_complete=bool(stored["is_complete"]),
            notes=tuple(map(_text, stored["notes"])),
        )


def _time(text: str) -> datetime:
    """Return a time that every time zone can show. Raises ValueError for any other one."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _count(number: float) -> int:
    """Return the number if it may count something. Raises ValueError for any other one."""
    if not 0 <= number <= _MAX_COUNT:
        raise ValueError(number)
    return int(number)


def _text(text: str) -> str:
    """Return a text that can be encoded: JSON may have halves of surrogate pairs."""
    return str(text).encode(errors="replace").decode()


def store_result(results: RunResults, kind: RunKind, result: RunResult) -> None:
    """Store the last result of a kind."""
    results.store(kind.value, result.to_json())


def last_results(results: RunResults) -> dict[RunKind, RunResult]:
    """Return the last result of each kind that has run, with one read."""
    found: dict[RunKind, RunResult] = {}
    texts = results.read_all()
    for kind in RunKind:
        result = RunResult.from_json(texts.get(kind.value, ""))
        if result:
            found[kind] = result
    return found
