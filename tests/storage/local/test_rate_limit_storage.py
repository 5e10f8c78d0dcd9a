"""The file of the rate limits counts hits within a window, and a damaged one is replaced."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import StorageError
from app.storage.local.rate_limit_storage import SqliteRateLimitStorage

RATES = "rates.sqlite3"


@pytest.fixture
def storage(tmp_path: Path) -> SqliteRateLimitStorage:
    return SqliteRateLimitStorage(path=str(tmp_path / "run" / RATES), secret="s")


def test_hits_expire_with_the_moving_window(
    storage: SqliteRateLimitStorage,
) -> None:
    """Hits outside of the window do not count and are deleted from the file."""
    start = 1_700_000_000.0
    with mock.patch.object(time, "time") as now:
        acquired = []
        for second in (0, 30, 59, 61, 89, 91):
            now.return_value = start + second
            acquired.append(storage.acquire_entry("ada", 2, 60))
        assert acquired == [True, True, False, True, False, True]
        assert storage.get_moving_window("ada", 2, 60) == (start + 61, 2)
        assert storage.get_moving_window("bob", 2, 60) == (start + 91, 0)
        now.return_value = start + 1000
        storage.acquire_entry("bob", 2, 60)
    with closing(sqlite3.connect(storage._path)) as db:
        assert db.execute("SELECT count(*) FROM hits").fetchone() == (1,)


@given(st.lists(st.tuples(st.integers(-3, 40), st.sampled_from(["ada", "bob"]), st.integers(0, 3))))
@example([(0, "ada", 1), (20, "ada", 3), (40, "bob", 0), (-1, "ada", 2)])
def test_windows_have_the_hits_within_them(uses: list[tuple[int, str, int]]) -> None:
    """Any hits count until they expire. If the clock is set back, those of the future are lost.

    Hits that had expired by then stay lost: a hit of anyone deletes them.
    """
    expected: dict[str, list[tuple[float, int]]] = {"ada": [], "bob": []}
    clock = 1_700_000_000.0
    with TemporaryDirectory() as folder, mock.patch.object(time, "time") as now:
        storage = SqliteRateLimitStorage(path=f"{folder}/{RATES}", secret="s")
        for seconds, key, amount in uses:
            clock += seconds
            now.return_value = clock
            for hits in expected.values():
                hits[:] = [hit for hit in hits if clock - 60 < hit[0]]
            hits = [hit for hit in expected[key] if hit[0] <= clock]
            has_room = sum(each for _at, each in hits) + amount <= 5
            assert storage.acquire_entry(key, 5, 60, amount) == has_room
            expected[key] = hits = [*hits, *([(clock, amount)] * has_room)]
            window = hits[0][0] if hits else clock, sum(each for _at, each in hits)
            assert storage.get_moving_window(key, 5, 60) == window


def test_a_damaged_file_is_replaced(storage: SqliteRateLimitStorage) -> None:
    """A file that SQLite cannot read is deleted, and counting starts again."""
    storage.acquire_entry("ada", 1, 60)
    storage._path.write_bytes(b"no database" * 100)
    assert storage.acquire_entry("ada", 1, 60)
    assert not storage.acquire_entry("ada", 1, 60)


def test_hits_of_one_request_count_in_one_transaction(storage: SqliteRateLimitStorage) -> None:
    """They open the file once, and begin again if it turns out to be damaged."""
    storage.acquire_entry("ada", 2, 60)
    storage._path.write_bytes(storage._path.read_bytes()[:4096] + b"damaged" * 2048)

    def count_two() -> list[bool]:
        return [storage.acquire_entry(key, 1, 60) for key in ("ada", "bob")]

    assert storage.together(count_two) == [True, True]
    with mock.patch.object(sqlite3, "connect", wraps=sqlite3.connect) as opened:
        assert storage.together(count_two) == [False, False]
    assert opened.call_count == 1


def test_a_file_of_an_earlier_version_is_replaced(storage: SqliteRateLimitStorage) -> None:
    """Its counts are lost, which hold for an hour at most."""
    storage._path.parent.mkdir()
    with closing(sqlite3.connect(storage._path)) as db:
        db.execute("CREATE TABLE hits (key BLOB, at REAL, expires_at REAL, amount INTEGER)")
        db.execute("PRAGMA user_version = 1")
    assert [storage.acquire_entry("ada", 1, 60) for _ in range(2)] == [True, False]


def test_an_unusable_folder_raises_an_error_with_its_path(tmp_path: Path) -> None:
    """Requests are not let through if nothing can be counted."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / RATES, tmp_path):
        with pytest.raises(StorageError, match=str(tmp_path)):
            SqliteRateLimitStorage(path=str(path), secret="s").acquire_entry("ada", 1, 60)


def test_storage_has_the_interface_of_the_limits_package(storage: SqliteRateLimitStorage) -> None:
    """Fixed windows, expiry and clearing work too, for each key alone."""
    assert [storage.incr("ada", 60), storage.incr("ada", 60, 2), storage.incr("bob", 60)] == [
        1,
        3,
        1,
    ]
    assert storage.check()
    assert storage.get_expiry("ada") > time.time() + 50
    storage.clear("ada")
    assert (storage.get("ada"), storage.get("bob"), storage.reset(), storage.get("bob")) == (
        0,
        1,
        1,
        0,
    )
