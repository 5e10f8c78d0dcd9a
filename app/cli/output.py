"""Output that several commands share."""

from collections import Counter
from collections.abc import Iterable

import click

from app import maintenance


def printable(text: str) -> str:
    """Return a text without control characters, which could change the terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def print_results(results: Iterable[maintenance.RebuildResult]) -> None:
    """Print each skipped photo and the totals. Exit with status 1 if a photo was skipped."""
    totals: Counter[maintenance.RebuildOutcome] = Counter()
    for result in results:
        totals[result.outcome] += 1
        if result.outcome is maintenance.RebuildOutcome.SKIPPED:
            click.echo(f"{result.photo_id} skipped: {printable(result.problem)}", err=True)
    parts = [f"{totals[outcome]} {outcome}" for outcome in maintenance.RebuildOutcome]
    click.echo(", ".join(parts) + ".")
    if totals[maintenance.RebuildOutcome.SKIPPED]:
        raise SystemExit(1)
