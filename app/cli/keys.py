"""The command `migrate-keys`: move the objects of an earlier version to their keys."""

import click
from flask.cli import with_appcontext

from app import maintenance
from app.cli.progress import report_storage_errors, with_progress
from app.web.context import storage_backend


@click.command("migrate-keys")
@report_storage_errors()
@with_appcontext
def migrate_keys() -> None:
    """Move the objects of an earlier version to the keys that this version reads.

    Stop all servers of the site before. An interrupted run can be repeated.
    """
    moved = sum(with_progress("photos", maintenance.migrate_keys(storage_backend().objects)))
    click.echo(f"{moved} objects moved.")
