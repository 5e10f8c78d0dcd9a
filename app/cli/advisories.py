"""The command `advisories`: find installed packages with known vulnerabilities."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.output import printable
from app.cli.recording import RunTally, recorded
from app.maintenance.operations import advisories as pypi
from app.services.operations.run_results import WITH_FIX, WITHOUT_FIX, RunKind

_PINS = Path(__file__).parent.parent.parent / "deploy" / "requirements.txt"


@click.command()
@click.option(
    "--index",
    default=pypi.INDEX,
    show_default=True,
    metavar="URL",
    help="A package index with PyPI's JSON API.",
)
@with_appcontext
def advisories(*, index: str) -> None:
    """Ask PyPI for advisories about the installed packages, for two minutes at most.

    It sends names and versions of packages. The exit status is 1 if there is an advisory. Packages
    about which PyPI does not answer are reported and change nothing.
    """
    with recorded(RunKind.ADVISORIES) as tally:
        packages = list(pypi.installed_packages(_PINS.read_text(encoding="utf-8")))
        unknown = _compare(packages, index.rstrip("/"), tally)
        tally.is_complete = not unknown
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
        unknown += answer.advisories is None
        for advisory in answer.advisories or ():
            text = printable(str(advisory))
            click.echo(text)
            tally.notes.append(text)
            tally.findings[WITH_FIX if advisory.fixed_in else WITHOUT_FIX] += 1
    return unknown
