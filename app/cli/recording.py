"""Store how a command ended, for the status of the site."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import click

from app.domain.errors import StorageError
from app.services.operations.run_results import RunKind, RunResult, store_result
from app.web.context import storage_backend


@dataclass(slots=True)
class RunTally:
    """The findings of a command so far."""

    findings: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    notes: list[str] = field(default_factory=list)
    is_complete: bool = True
    is_stored: bool = True
    ended_at: datetime | None = None  # the end of the block if it is None


@contextmanager
def recorded(kind: RunKind, *, is_stored: bool = True) -> Iterator[RunTally]:
    """Store the tally at the end of the block, also if the block fails.

    Args:
        kind: The command that runs.
        is_stored: False for a run that says nothing about the site, such as a plan.
    """
    tally = RunTally(is_stored=is_stored)
    started_at = time.monotonic()
    try:
        yield tally
    except BaseException:
        tally.is_complete = False
        raise
    finally:
        if tally.is_stored:
            _store(kind, tally, time.monotonic() - started_at)


def _store(kind: RunKind, tally: RunTally, seconds: float) -> None:
    """Store the result. A failure must not hide the findings of the command."""
    result = RunResult(
        ended_at=tally.ended_at or datetime.now(UTC),
        seconds=round(seconds),
        findings=tally.findings,
        repaired=tally.repaired,
        is_complete=tally.is_complete,
        notes=tuple(tally.notes),
    )
    try:
        store_result(storage_backend().run_results, kind, result)
    except StorageError as error:
        click.echo(f"The result was not stored: {error}", err=True)
