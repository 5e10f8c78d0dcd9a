"""The command `import`: an export of a site, or photos that another program or site has written."""

from collections import Counter
from functools import partial
from pathlib import Path

import click
from flask.cli import with_appcontext

from app import maintenance
from app.cli.output import print_results, printable
from app.cli.progress import report_storage_errors, with_progress
from app.domain.file_sizes import to_megabytes
from app.maintenance import FoundPhoto, ImportReport, Note
from app.services.operations.lost_catalog import has_sidecars
from app.storage.local.read_only_folder import ReadOnlyFolder
from app.web.context import app_context

# An original can be larger than its upload: a TIFF is compressed again, without loss.
_EXPORT_SIZE_FACTOR = 4
_RENDITIONS_FACTOR = 5 / 3  # see app.domain.usage
_MAX_NAMES = 20  # of albums and fields that are printed
_NOT_FOR_EXPORTS = (
    "This is an export of Shoebox, which has its own ids, dates and texts. "
    "Import it without options."
)


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--plan", is_flag=True, help="Read everything, print a report, and import nothing.")
@click.option(
    "--from",
    "kind",
    type=click.Choice([kind.value for kind in maintenance.SourceKind]),
    help="The origin of FOLDER, if the command does not recognize it.",
)
@click.option(
    "--dated",
    type=click.Choice(["import", "taken"]),
    default="import",
    show_default=True,
    help="Sort photos into the gallery by the time of the import, or by the time they were taken.",
)
@click.option(
    "--albums",
    is_flag=True,
    help="Add photos to the albums of the export, or to one album for each folder.",
)
@click.option(
    "--folder-tags",
    is_flag=True,
    help="Add the name of each album or folder to the tags of its photos.",
)
@report_storage_errors()
@with_appcontext
def import_(
    folder: Path, *, plan: bool, kind: str | None, dated: str, albums: bool, folder_tags: bool
) -> None:
    """Import an export, or the photos of a folder.

    FOLDER is an export of Shoebox, Google Photos or Flickr, or a plain folder of photos, which may
    have XMP sidecars. The command does not follow symbolic links, and checks every photo like an
    upload. It never reads places from sidecars. If you run it again, it resumes and skips photos
    that the site already has. The exit status is 1 if a photo is not imported.
    """
    context = app_context()
    maintenance.require_current_keys(context.services.backend.objects)
    max_bytes = context.config.max_upload_bytes
    export_source = ReadOnlyFolder(folder, _EXPORT_SIZE_FACTOR * max_bytes)
    if kind is None and has_sidecars(export_source):
        if plan or albums or folder_tags or dated != "import":
            raise click.UsageError(_NOT_FOR_EXPORTS)
        maintenance.require_current_export(export_source, folder)
        _import_export(export_source)
        return
    photos = ReadOnlyFolder(folder, max_bytes, maintenance.MAX_FOLDER_ENTRIES)
    options = maintenance.ImportOptions(
        has_albums=albums,
        has_album_tags=folder_tags,
        id_zone=context.config.timezone if dated == "taken" else None,
    )
    _import_photos(photos, kind, options, is_plan=plan)


def _import_export(source: ReadOnlyFolder) -> None:
    services = app_context().services
    albums = maintenance.import_albums(services.backend, source, progress=with_progress)
    photos = maintenance.import_export(services, source, progress=with_progress)
    print_results(photos, albums)


def _import_photos(
    folder: ReadOnlyFolder,
    kind: str | None,
    options: maintenance.ImportOptions,
    *,
    is_plan: bool,
) -> None:
    """Import the photos of a folder, or print the plan."""
    from app.imaging.metadata.iptc.sidecar import read_sidecar  # noqa: PLC0415  needs Pillow

    context = app_context()
    services = context.services
    report = ImportReport(partial(_print_remark, is_listed=is_plan))
    source_options = maintenance.SourceOptions(
        kind=maintenance.SourceKind(kind) if kind else None,
        zone=context.config.timezone,
        read_xmp=read_sidecar,
    )
    source = maintenance.open_source(folder, source_options, report, with_progress)
    on_photo = _print_photo if is_plan else _ignore_photo
    plan = maintenance.ImportPlan(folder, source, services.photos, report, on_photo)
    planned = plan.make(with_progress)
    if not is_plan:
        importer = maintenance.Importer(folder, source, services, options, report)
        importer.add(planned, with_progress)
    _print_report(report, is_plan=is_plan)
    if report.count_of(Note.FAILED):
        raise SystemExit(1)


def _ignore_photo(_photo: FoundPhoto) -> None:
    pass


def _print_photo(photo: FoundPhoto) -> None:
    """Print one photo of the plan with its sidecar and its albums."""
    parts = [photo.file.path]
    if photo.sidecar:
        parts.append(f"sidecar: {photo.sidecar}")
    if photo.albums:
        parts.append(f"albums: {', '.join(album.name for album in photo.albums)}")
    click.echo(printable("; ".join(parts)))


def _print_remark(note: Note, detail: str, *, is_listed: bool) -> None:
    """Print a failure at once, and every other remark if the plan is printed."""
    if note is Note.FAILED:
        click.echo(printable(detail), err=True)
    elif is_listed:
        click.echo(f"{note}: {printable(detail)}")


def _print_report(report: ImportReport, *, is_plan: bool) -> None:
    megabytes = to_megabytes(report.bytes)
    with_renditions = to_megabytes(round(_RENDITIONS_FACTOR * report.bytes))
    click.echo(
        f"{report.source}: {report.photos} new photos of {megabytes:g} MB, about "
        f"{with_renditions:g} MB with renditions; {report.with_sidecar} have a sidecar."
    )
    _print_names("albums", report.albums)
    _print_names("fields that are not imported", report.unused)
    for note, remarks in sorted(report.remarks.items()):
        examples = ", ".join(map(printable, remarks.examples))
        more = ", …" if remarks.count > len(remarks.examples) else ""
        click.echo(f"{note} ({remarks.count}): {examples}{more}")
    failed = report.count_of(Note.FAILED)
    skipped = report.count_of(Note.PRESENT)
    if is_plan:
        click.echo("Nothing was imported. To import: the same command without --plan")
    else:
        click.echo(f"{report.added} added, {skipped} skipped, {failed} failed.")


def _print_names(label: str, names: Counter[str]) -> None:
    """Print the most frequent names of a counter, with the number of their photos."""
    if not names:
        return
    by_count = sorted(names.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{printable(name)} {count}" for name, count in by_count[:_MAX_NAMES]]
    more = ", …" if len(names) > _MAX_NAMES else ""
    click.echo(f"{label} ({len(names)}): {', '.join(shown)}{more}")
