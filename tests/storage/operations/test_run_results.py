"""Both backends keep texts by name.

Covers app.storage.aws.operations.run_results, app.storage.local.operations.run_results.
"""

from pathlib import Path

import pytest

from app.domain.errors import StorageError
from app.services.operations.run_results import MAX_BYTES
from app.storage.local.operations.run_results import FileRunResults
from tests.backends import Backend


def test_a_text_is_replaced(backend: Backend) -> None:
    assert backend.run_results.read_all() == {}
    backend.run_results.store("check", "one")
    backend.run_results.store("audit", "x" * MAX_BYTES)
    backend.run_results.store("check", "두 번째")
    assert backend.run_results.read_all() == {"check": "두 번째", "audit": "x" * MAX_BYTES}


def test_a_result_is_no_listing(backend: Backend) -> None:
    """The integrity check does not see results."""
    backend.run_results.store("check", "one")
    assert list(backend.catalog.listings()) == []


def test_a_folder_that_cannot_be_used_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "operations").write_text("a file in its place")
    results = FileRunResults(tmp_path / "operations")
    with pytest.raises(StorageError):
        results.store("check", "one")


def test_a_file_that_is_too_long_is_read_in_part(tmp_path: Path) -> None:
    """An operator may put any file there."""
    (tmp_path / "check.json").write_bytes(b"\xff" * (MAX_BYTES * 3))
    assert len(FileRunResults(tmp_path).read_all()["check"]) == MAX_BYTES + 1
