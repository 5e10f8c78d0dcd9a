"""Output that several commands share."""

from collections import Counter
from collections.abc import Iterable

import click

from app import maintenance


def printable(text: str) -> str:
    """Return a text without control characters, which could change the terminal.

    No-break spaces are for pages, and not every terminal has them.
    """
    text = text.replace("\u00a0", " ")
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def print_results(
    photos: Iterable[maintenance.RebuildResult], albums: Iterable[maintenance.RebuildResult]
) -> None:
    """Print skipped items and the totals. Exit with status 1 if anything was skipped.

    Args:
        photos: The photos of a rebuild or an import.
        albums: Its albums, which are added before the photos.
    """
    of_albums = _totals(albums)
    of_photos = _totals(photos)
    if of_albums:
        click.echo(f"Albums: {_text(of_albums)}")
    click.echo(_text(of_photos))
    if (of_albums + of_photos)[maintenance.RebuildOutcome.SKIPPED]:
        raise SystemExit(1)


def _totals(
    results: Iterable[maintenance.RebuildResult],
) -> Counter[maintenance.RebuildOutcome]:
    """Count the outcomes, and print skipped items."""
    totals: Counter[maintenance.RebuildOutcome] = Counter()
    for result in results:
        totals[result.outcome] += 1
        if result.outcome is maintenance.RebuildOutcome.SKIPPED:
            click.echo(f"{result.photo_id} skipped: {printable(result.problem)}", err=True)
    return totals


def _text(totals: Counter[maintenance.RebuildOutcome]) -> str:
    parts = [f"{totals[outcome]} {outcome}" for outcome in maintenance.RebuildOutcome]
    return ", ".join(parts) + "."
