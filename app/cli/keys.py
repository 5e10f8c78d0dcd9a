"""The command `migrate-keys`: move the objects of an earlier version to their keys."""

from dataclasses import replace
from pathlib import Path

import click
from flask.cli import with_appcontext

from app import maintenance
from app.backends import build_backend
from app.cli.progress import report_storage_errors, with_progress
from app.services.ports import ObjectStore
from app.storage.local.folder import LocalObjectStore
from app.web.context import app_context, storage_backend


@click.command("migrate-keys")
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@report_storage_errors()
@with_appcontext
def migrate_keys(folder: Path | None) -> None:
    """Move the objects of an earlier version to the keys that this version reads.

    Stop all servers of the site first. With FOLDER, the command moves the objects of an export
    instead of those of the site. If the command was interrupted, run it again.
    """
    objects = _objects_of_export(folder) if folder else _objects_without_cdn()
    moved = sum(1 for _ in with_progress("objects", maintenance.migrate_keys(objects)))
    click.echo(f"{moved} objects moved.")


def _objects_of_export(folder: Path) -> ObjectStore:
    objects = LocalObjectStore(folder)
    maintenance.require_export(objects, folder)
    return objects


def _objects_without_cdn() -> ObjectStore:
    """Return the object store of the site, without invalidations in its CDN.

    The photos stay public, and CloudFront charges for each path that is invalidated.
    """
    config = app_context().config
    if config.cloudfront_distribution_id is None:
        return storage_backend().objects
    return build_backend(replace(config, cloudfront_distribution_id=None)).objects
