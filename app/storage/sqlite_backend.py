"""Build the local backend: an object store, and a catalog in one SQLite file."""

from collections.abc import Callable
from pathlib import Path

from app.services.ports import Backend, ObjectStore
from app.storage.local.operations.run_results import FileRunResults
from app.storage.local.session_revocations import SqliteSessionRevocations
from app.storage.local.sqlite import SqliteCatalog
from app.storage.local.sqlite_albums import SqliteAlbums
from app.storage.local.sqlite_database import SqliteDatabase
from app.storage.local.sqlite_ordered import SqliteOrderedListings
from app.storage.local.sqlite_reports import SqliteReports
from app.storage.local.sqlite_tag_reader import SqliteTagReader
from app.storage.local.tokens.sqlite_tokens import SqliteTokens


def sqlite_backend(
    objects: ObjectStore, path: Path, before_creation: Callable[[], None] = lambda: None
) -> Backend:
    """Return the backend with the catalog in the file `path`, which is created if necessary.

    Args:
        objects: The object store.
        path: The file.
        before_creation: May raise StorageError if there must be a file already.
    """
    database = SqliteDatabase(path, before_creation)  # its connections serve all of them
    return Backend(
        objects,
        SqliteCatalog(database),
        SqliteSessionRevocations(database),
        SqliteTagReader(database),
        SqliteOrderedListings(database),
        SqliteAlbums(database),
        SqliteReports(database),
        SqliteTokens(database),
        FileRunResults(path.parent / "operations"),
    )
