"""Progress and error output of the commands."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from app.domain.errors import StorageError

_REFRESH_SECONDS = 0.2
_CLEAR_LINE = "\r\x1b[K"

Item = TypeVar("Item")


def with_progress(label: str, items: Iterable[Item], /) -> Iterable[Item]:
    """Return `items`; on a terminal, show how many have been consumed."""
    return _count_items(label, items) if sys.stderr.isatty() else items


def _count_items(label: str, items: Iterable[Item]) -> Iterator[Item]:
    refreshed_at = 0.0
    for number, item in enumerate(items, 1):
        yield item
        if time.monotonic() > refreshed_at + _REFRESH_SECONDS:
            click.echo(f"{_CLEAR_LINE}{label}: {number}", nl=False, err=True)
            refreshed_at = time.monotonic()
    click.echo(_CLEAR_LINE, nl=False, err=True)


def sleep_with_notice(seconds: float) -> None:
    """Sleep; on a terminal, print the reason first."""
    if sys.stderr.isatty():
        notice = f"Waiting {seconds:.0f} seconds before the recheck: a change may be in progress."
        click.echo(f"{_CLEAR_LINE}{notice}", err=True)
    time.sleep(seconds)


@contextmanager
def report_storage_errors() -> Iterator[None]:
    """End the command with the message of a storage error."""
    try:
        yield
    except (StorageError, OSError) as error:
        raise click.ClickException(str(error)) from error
