"""Commands that back up and restore a site: `rebuild`, `export`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app import maintenance
from app.cli.catalog import catalog_to_rebuild, require_catalog
from app.cli.output import print_results
from app.cli.progress import report_storage_errors, with_progress
from app.domain import object_keys
from app.domain.photo import Photo
from app.storage.local.folder import LocalObjectStore
from app.web.context import app_context, storage_backend


@click.command()
@click.option("--apply", is_flag=True, help="Make the changes instead of only printing them.")
@report_storage_errors()
@with_appcontext
def rebuild(*, apply: bool) -> None:
    """Rebuild the catalog from the sidecars in the object store.

    A record changes only if its sidecar is newer. If the command was interrupted, run it again. The
    exit status is 1 if a photo or an album is skipped.
    """
    with catalog_to_rebuild(apply=apply) as backend:
        albums = maintenance.rebuild_albums(backend, apply=apply, progress=with_progress)
        photos = maintenance.rebuild_photos(backend, apply=apply, progress=with_progress)
        print_results(photos, albums)
    if not apply:
        click.echo("Nothing was changed. To make these changes: rebuild --apply")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@report_storage_errors()
@with_appcontext
def export(folder: Path) -> None:
    """Copy all photos and sidecars to FOLDER, with an index.html to view them.

    Run the command again to resume or to update an export. The exit status is 1 if an object is
    missing.
    """
    require_catalog()
    _require_other_folder(folder)
    target = LocalObjectStore(folder)
    maintenance.require_current_export(target, folder)
    photos = copied = incomplete = 0
    for result in maintenance.export(storage_backend(), target, progress=with_progress):
        photos += 1
        copied += result.copied
        if result.missing:
            incomplete += 1
            click.echo(f"missing object: {result.missing}", err=True)
    albums = maintenance.export_albums(storage_backend(), target, progress=with_progress)
    public = maintenance.write_static_gallery(storage_backend(), target, _render_page)
    if albums:
        click.echo(f"{albums} albums.")
    click.echo(f"{photos} photos, {copied} objects copied, {incomplete} incomplete photos.")
    click.echo(f"{public} public photos: {folder / 'index.html'}")
    if incomplete:
        raise SystemExit(1)


def _require_other_folder(folder: Path) -> None:
    """Refuse an export among the files of the site, or around its folder."""
    config = app_context().config
    photo_dir, target = config.photo_dir.resolve(), folder.resolve()
    objects = (photo_dir / "objects").resolve()  # which may be a link to another disk
    if config.photo_table:  # neither objects nor a catalog are in the folder
        return
    if photo_dir.is_relative_to(target) or target.is_relative_to(objects):
        text = "The site has its own files there. Export to a folder outside PHOTO_DIR."
        raise click.BadParameter(text, param_hint="FOLDER")


def _render_page(page: maintenance.ExportPage) -> str:
    template = current_app.jinja_env.get_template("export/gallery.html")
    site_title = app_context().config.site_title
    title = page.album.title if page.album else site_title
    return template.render(
        title=title, site_title=site_title, page=page, rendition_key=_rendition_key
    )


def _rendition_key(photo: Photo, width: int) -> str:
    return object_keys.rendition(photo.photo_id, width, revision=photo.revision)
