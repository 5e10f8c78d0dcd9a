"""The command `advisories`: find installed packages with known vulnerabilities."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.output import printable
from app.cli.progress import report_storage_errors
from app.cli.recording import RunTally, recorded
from app.maintenance.operations import advisories as pypi
from app.services.operations.run_results import WITH_FIX, WITHOUT_FIX, RunKind, last_results
from app.web.context import storage_backend

_PINS = Path(__file__).parent.parent.parent / "deploy" / "requirements.txt"


@click.command()
@click.option(
    "--index",
    default=pypi.INDEX,
    show_default=True,
    metavar="URL",
    help="A package index with PyPI's JSON API.",
)
@report_storage_errors()
@with_appcontext
def advisories(*, index: str) -> None:
    """Ask PyPI for advisories about the installed packages.

    The command sends only the names and versions of the packages, and starts no request after two
    minutes. If PyPI does not answer about a package, the command says so, and the result keeps the
    advisories and the time of the last comparison. The exit status is 1 if there is an advisory.
    """
    with recorded(RunKind.ADVISORIES) as tally:
        packages = list(pypi.installed_packages(_PINS.read_text(encoding="utf-8")))
        unknown = _compare(packages, index.rstrip("/"), tally)
        if unknown:
            tally.is_complete = False
            tally.ended_at = _last_end()
        tally.is_stored = unknown < len(packages)
    count = tally.findings.total()
    click.echo(f"{len(packages) - unknown} of {len(packages)} packages compared: {count} found.")
    if unknown:
        click.echo(f"{index} did not answer about {unknown} packages.", err=True)
    if count:
        raise SystemExit(1)


def _compare(packages: list[pypi.Package], index: str, tally: RunTally) -> int:
    """Print and count the advisories. Return the number of packages without an answer."""
    unknown = 0
    for answer in pypi.find_advisories(packages, pypi.fetch, index):
        if answer.advisories is None:
            unknown += 1
            notes = _last_notes(answer.package)
        else:
            notes = list(map(str, answer.advisories))
        for note in map(printable, notes):
            click.echo(note)
            tally.notes.append(note)
            tally.findings[WITH_FIX if pypi.names_fix(note) else WITHOUT_FIX] += 1
    return unknown


def _last_notes(package: pypi.Package) -> list[str]:
    """Return the advisories that the last comparison found for the installed version."""
    last = last_results(storage_backend().run_results).get(RunKind.ADVISORIES)
    return [note for note in last.notes if note.startswith(f"{package}: ")] if last else []


def _last_end() -> datetime | None:
    """Return the time of the last result: one that is not complete does not make it newer."""
    last = last_results(storage_backend().run_results).get(RunKind.ADVISORIES)
    return last.ended_at if last else None
