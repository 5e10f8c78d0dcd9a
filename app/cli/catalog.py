"""Stop commands that need the catalog if it was lost, and open one to rebuild."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from app.maintenance import require_current_keys
from app.services.operations.lost_catalog import is_catalog_lost
from app.services.ports import Backend
from app.storage.local.sqlite_database import CatalogMissing, SqliteDatabase
from app.storage.sqlite_backend import sqlite_backend
from app.web.context import storage_backend

LOST = (
    "No photo has a record in the catalog, although there are photos. "
    "Restore a backup, or run: flask --app app rebuild --apply"
)


def require_catalog() -> None:
    """End the command if no photo has a record, although there are photos.

    Raises:
        OldKeys: The photos are stored under the keys of an earlier version.
    """
    require_current_keys(storage_backend().objects)
    if is_catalog_lost(storage_backend()):
        raise click.ClickException(LOST)


@contextmanager
def catalog_to_rebuild(*, apply: bool) -> Iterator[Backend]:
    """Yield the backend to rebuild.

    If the SQLite file is missing, it is created with `apply`. Otherwise it is an empty
    catalog that is deleted afterwards: a file without photos would hide the loss.

    Raises:
        OldKeys: The photos are stored under the keys of an earlier version.
    """
    backend = storage_backend()
    require_current_keys(backend.objects)
    missing = _missing_file(backend)
    if missing is None:
        yield backend
    elif apply:
        with closing(SqliteDatabase(missing)) as database:
            database.create()
        yield backend
    else:
        with TemporaryDirectory() as folder:
            yield sqlite_backend(backend.objects, Path(folder) / missing.name)


def _missing_file(backend: Backend) -> Path | None:
    """Return the path of the SQLite file if it is missing although there are photos."""
    try:
        backend.catalog.ping()
    except CatalogMissing as missing:
        return missing.path
    return None
