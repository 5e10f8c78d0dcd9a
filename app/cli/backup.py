"""Copy a collection and put it back: `rebuild`, `export`, `import`."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import with_appcontext

from app import maintenance
from app.cli.progress import report_storage_errors, with_progress
from app.storage.local.folder import LocalObjectStore
from app.web.context import app_context, photo_service


@click.command()
@click.option("--apply", is_flag=True, help="Do it; without this it is only said.")
@report_storage_errors()
@with_appcontext
def rebuild(*, apply: bool) -> None:
    """Put the catalog back from the records beside the photos.

    What the catalog has stays unless a record is newer. Run it again to go on. Exit 1 if a photo had to be left out.
    """
    _print_results(maintenance.restore_photos(photo_service(), apply=apply, watch=with_progress))
    if not apply:
        click.echo("Nothing was changed. To do it: rebuild --apply")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@report_storage_errors()
@with_appcontext
def export(folder: Path) -> None:
    """Copy every photo and its record to FOLDER, with an index.html to look at them.

    Run it again to go on, or to bring it up to date. Exit 1 if an object is missing.
    """
    target = LocalObjectStore(folder)
    photos = copied = missing = 0
    for done in maintenance.export(photo_service(), target, watch=with_progress):
        photos, copied, missing = photos + 1, copied + done.copied, missing + bool(done.missing)
        if done.missing:
            click.echo(f"missing object: {done.missing}", err=True)
    shown = maintenance.write_static_gallery(
        photo_service(), target, app_context().config.site_title
    )
    click.echo(f"{photos} photos, {copied} objects copied just now, {missing} photos not whole.")
    click.echo(f"The {shown} public ones: {folder / 'index.html'}")
    if missing:
        raise SystemExit(1)


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@report_storage_errors()
@with_appcontext
def import_(folder: Path) -> None:
    """Add what is in FOLDER: an export as it was, or every photo of a plain folder.

    Run it again to go on: what is there already is skipped.
    """
    source = LocalObjectStore(folder)
    if maintenance.has_sidecars(source):
        _print_results(maintenance.restore_photos(photo_service(), source, watch=with_progress))
    else:
        _import_folder(folder)


def _print_results(outcomes: Iterable[maintenance.RestoreResult]) -> None:
    """Name what was left out, and sum up."""
    effects: Counter[maintenance.RestoreOutcome] = Counter()
    for outcome in outcomes:
        effects[outcome.effect] += 1
        if outcome.effect is maintenance.RestoreOutcome.LEFT:
            click.echo(f"{outcome.photo_id} left out: {outcome.problem}", err=True)
    click.echo(
        ", ".join(f"{effects[effect]} {effect}" for effect in maintenance.RestoreOutcome) + "."
    )
    if effects[maintenance.RestoreOutcome.LEFT]:
        raise SystemExit(1)


def _import_folder(folder: Path) -> None:
    added = skipped = failed = 0
    paths = maintenance.files_in(folder)
    with click.progressbar(
        paths, label="Importing", item_show_func=lambda path: path.name if path else ""
    ) as bar:
        for path in bar:
            outcome = maintenance.import_file(app_context().services, path)
            if outcome.error:
                click.echo(f"{outcome.path}: {outcome.error}", err=True)
            failed += bool(outcome.error)
            skipped += outcome.earlier
    added = len(paths) - skipped - failed
    click.echo(f"{added} added, {skipped} here already, {failed} failed.")
    if failed:
        raise SystemExit(1)
