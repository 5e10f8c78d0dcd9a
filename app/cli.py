"""The operator's commands: `flask --app app …`."""

from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app import caretaker
from app.web.site import library, site


@click.command()
@with_appcontext
def limits() -> None:
    """Print the limits that a web server in front has to know, one NAME=value a line."""
    click.echo(f"MAX_FORM_MB={site().config.max_form_mb}")


@click.command()
@click.option("--records", is_flag=True, help="Read every record sidecar too: one read a photo.")
@with_appcontext
def check(*, records: bool) -> None:
    """Name photos without objects, objects without a photo, and listings that drifted. Exit 1 if there is one."""
    found = 0
    findings: list[Any] = [caretaker.Check(library())]
    if records:
        findings.append(caretaker.stale_records(library(), library().catalog.photos()))
    for finding in (finding for source in findings for finding in source):
        click.echo(f"{finding.kind}: {finding.what}")
        found += 1
    click.echo("Everything is in its place." if not found else f"{found} findings.")
    if found:
        raise SystemExit(1)


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def import_(folder: Path) -> None:
    """Publish every photo below FOLDER. Run it again to go on: what is there already is skipped."""
    paths = caretaker.files_in(folder)
    outcomes = []
    with click.progressbar(paths, label="Importing", item_show_func=lambda path: path.name if path else "") as bar:
        outcomes = [caretaker.import_file(library(), path) for path in bar]
    failed = [outcome for outcome in outcomes if outcome.error]
    for outcome in failed:
        click.echo(f"{outcome.path}: {outcome.error}", err=True)
    skipped = sum(outcome.earlier for outcome in outcomes)
    click.echo(f"{len(outcomes) - skipped - len(failed)} added, {skipped} here already, {len(failed)} failed.")
    if failed:
        raise SystemExit(1)


COMMANDS: tuple[click.Command, ...] = (limits, check, import_)
