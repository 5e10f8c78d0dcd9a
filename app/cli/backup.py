"""Commands that back up and restore a site: `rebuild`, `export`, `import`."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app import maintenance
from app.cli.progress import report_storage_errors, with_progress
from app.domain import object_keys
from app.domain.photo import Photo
from app.storage.local.folder import LocalObjectStore
from app.storage.local.read_only_folder import ReadOnlyFolder
from app.web.context import app_context, storage_backend

# An original can be larger than its upload: a TIFF is compressed again, without loss.
_EXPORT_SIZE_FACTOR = 4


@click.command()
@click.option("--apply", is_flag=True, help="Make the changes; without it, only print them.")
@report_storage_errors()
@with_appcontext
def rebuild(*, apply: bool) -> None:
    """Rebuild the catalog from the sidecars in the object store.

    A record changes only if its sidecar is newer. An interrupted run can be repeated. The exit
    status is 1 if a photo is skipped.
    """
    results = maintenance.rebuild_photos(storage_backend(), apply=apply, progress=with_progress)
    _print_results(results)
    if not apply:
        click.echo("Nothing was changed. To make these changes: rebuild --apply")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@report_storage_errors()
@with_appcontext
def export(folder: Path) -> None:
    """Copy all photos and sidecars to FOLDER, with an index.html to view them.

    A repeated run resumes or updates the export. The exit status is 1 if an object is missing.
    """
    target = LocalObjectStore(folder)
    photos = copied = incomplete = 0
    for result in maintenance.export(storage_backend(), target, progress=with_progress):
        photos += 1
        copied += result.copied
        if result.missing:
            incomplete += 1
            click.echo(f"missing object: {result.missing}", err=True)
    public = maintenance.write_static_gallery(storage_backend().catalog, target, _render_page)
    click.echo(f"{photos} photos, {copied} objects copied, {incomplete} incomplete photos.")
    click.echo(f"{public} public photos: {folder / 'index.html'}")
    if incomplete:
        raise SystemExit(1)


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@report_storage_errors()
@with_appcontext
def import_(folder: Path) -> None:
    """Import an export, or publish all photos of a plain FOLDER.

    Symbolic links are not followed, and every photo goes through the same checks as an upload. A
    repeated run resumes and skips photos that the site has. The exit status is 1 if a file or a
    photo is not imported.
    """
    context = app_context()
    max_bytes = context.config.max_upload_bytes
    export_source = ReadOnlyFolder(folder, _EXPORT_SIZE_FACTOR * max_bytes)
    if maintenance.has_sidecars(export_source):
        _print_results(
            maintenance.import_export(context.services, export_source, progress=with_progress)
        )
    else:
        _import_folder(ReadOnlyFolder(folder, max_bytes))


def _render_page(page: maintenance.ExportPage) -> str:
    template = current_app.jinja_env.get_template("export/gallery.html")
    title = app_context().config.site_title
    return template.render(title=title, page=page, rendition_key=_rendition_key)


def _rendition_key(photo: Photo, width: int) -> str:
    return object_keys.rendition(photo.photo_id, width, revision=photo.revision)


def _print_results(results: Iterable[maintenance.RebuildResult]) -> None:
    """Print each skipped photo and the totals. Exit with status 1 if a photo was skipped."""
    totals: Counter[maintenance.RebuildOutcome] = Counter()
    for result in results:
        totals[result.outcome] += 1
        if result.outcome is maintenance.RebuildOutcome.SKIPPED:
            click.echo(f"{result.photo_id} skipped: {_printable(result.problem)}", err=True)
    parts = [f"{totals[outcome]} {outcome}" for outcome in maintenance.RebuildOutcome]
    click.echo(", ".join(parts) + ".")
    if totals[maintenance.RebuildOutcome.SKIPPED]:
        raise SystemExit(1)


def _import_folder(folder: ReadOnlyFolder) -> None:
    skipped = failed = 0
    paths = list(folder.files())
    with click.progressbar(
        paths, label="Importing", item_show_func=lambda path: _printable(path or "")
    ) as bar:
        for path in bar:
            result = maintenance.import_file(app_context().services, folder, path)
            if result.error:
                click.echo(f"{_printable(path)}: {result.error}", err=True)
            failed += bool(result.error)
            skipped += result.earlier
    added = len(paths) - skipped - failed
    click.echo(f"{added} added, {skipped} skipped, {failed} failed.")
    if failed:
        raise SystemExit(1)


def _printable(path: str) -> str:
    """Return the path without control characters, which could change the terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in path)
