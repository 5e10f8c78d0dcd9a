"""What a command shows whoever is watching: how far it is, and errors in words."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from app.domain.errors import StorageError

_REFRESH_SECONDS = 0.2  # seconds between two figures
_CLEAR = "\r\x1b[K"

Item = TypeVar("Item")


def with_progress(what: str, items: Iterable[Item], /) -> Iterable[Item]:
    """Pass `items` on; on a terminal show how many there have been."""
    return _count_items(what, items) if sys.stderr.isatty() else items


def _count_items(what: str, items: Iterable[Item]) -> Iterator[Item]:
    shown = 0.0
    for number, item in enumerate(items, 1):
        yield item
        if time.monotonic() > shown + _REFRESH_SECONDS:
            click.echo(f"{_CLEAR}{what}: {number}", nl=False, err=True)
            shown = time.monotonic()
    click.echo(_CLEAR, nl=False, err=True)


def sleep_with_notice(seconds: float) -> None:
    """Sleep, and say what for."""
    if sys.stderr.isatty():
        click.echo(
            f"{_CLEAR}Looking again in {seconds:.0f} seconds: a change may be under way.", err=True
        )
    time.sleep(seconds)


@contextmanager
def report_storage_errors() -> Iterator[None]:
    """End the command with the sentence of a storage that does not do its part."""
    try:
        yield
    except (StorageError, OSError) as error:
        raise click.ClickException(str(error)) from error
