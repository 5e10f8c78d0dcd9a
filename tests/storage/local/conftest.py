"""A catalog in a file of SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.local.sqlite import SqliteCatalog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "catalog.sqlite3"


@pytest.fixture
def catalog(path: Path) -> Iterator[SqliteCatalog]:
    catalog = SqliteCatalog(path)
    yield catalog
    catalog.close()
