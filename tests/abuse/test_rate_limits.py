"""Rate limits hold across processes and restarts.

Covers app.storage.local.rate_limit_storage.
"""

import errno
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from app import create_app
from app.backends import build_rate_limits, count_decoding
from app.config import Config
from app.domain.errors import StorageError
from app.domain.file_sizes import MB
from app.imaging.pipeline import ImageLimits
from app.imaging.workers import pool
from app.services.factory import Services, build_services
from app.storage.local.rate_limit_storage import SqliteRateLimitStorage
from app.web.middleware.rate_limits import RateLimitExceeded
from tests.backends import Backend
from tests.sample_images import jpeg
from tests.server.site import GUNICORN, RunningSite
from tests.visitor import JSON, Visitor

RATES = "rates.sqlite3"


@pytest.fixture
def storage(tmp_path: Path) -> SqliteRateLimitStorage:
    return SqliteRateLimitStorage(path=str(tmp_path / "run" / RATES), secret="s")


def two_workers(config: Config, services: Services, **settings: str) -> list[Visitor]:
    """Return one visitor's browser on two apps that share only the folder."""
    limited = replace(
        config,
        upload_password="let me add",
        admin_password="let me rule",
        **settings,  # type: ignore[arg-type]  # all settings are strings
    )
    return [Visitor(create_app(limited, services)) for _ in range(2)]


def test_upload_limit_is_shared_by_processes(config: Config, services: Services) -> None:
    """A limit of three uploads a minute holds for all processes together."""
    workers = two_workers(config, services, upload_rate_limit="3 per minute")
    for worker in workers:
        worker.submit("/login", password="let me add")
    statuses = [workers[n % 2].upload_json(jpeg(80, 60)).status_code for n in range(5)]
    assert statuses == [201, 201, 201, 429, 429]


def test_login_limit_is_shared_by_processes(config: Config, services: Services) -> None:
    """After five wrong passwords no process accepts the right one, in the form or as a token."""
    workers = two_workers(config, services, login_rate_limit="5 per minute")
    statuses = [workers[n % 2].submit("/login", password="guess").status_code for n in range(6)]
    assert statuses == [403] * 5 + [429]
    for worker in workers:
        assert worker.submit("/login", password="let me rule").status_code == 429
        token = {"Authorization": "Bearer let me add"}
        assert worker.client.post("/upload", headers=JSON | token).status_code == 429


def test_login_limit_survives_a_restart(config: Config, services: Services) -> None:
    """A restart of the site does not reset the limit."""
    two_workers(config, services, login_rate_limit="1 per minute")[0].submit(
        "/login", password="guess"
    )
    restarted = two_workers(config, services, login_rate_limit="1 per minute")[0]
    assert restarted.submit("/login", password="let me rule").status_code == 429


def test_concurrent_logins_do_not_exceed_the_limit(tmp_path: Path) -> None:
    """Of sixty concurrent wrong passwords on two processes, exactly five are checked."""
    limits = {
        "LOGIN_RATE_LIMIT": "5 per hour",
        "UPLOAD_PASSWORD": "let me add",
        "WEB_CONCURRENCY": "2",
    }
    with RunningSite(tmp_path, GUNICORN, **limits) as site:

        def guess(number: int) -> int:
            connection = HTTPConnection(urlsplit(site.url).netloc, timeout=60)
            headers = {
                "X-Requested-With": "test",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            connection.request("POST", "/login", f"password=guess{number}", headers)
            with closing(connection):
                return connection.getresponse().status

        with ThreadPoolExecutor(12) as pool:
            statuses = list(pool.map(guess, range(60)))
    assert sorted(statuses) == [403] * 5 + [429] * 55


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


def test_ip_addresses_are_stored_as_keyed_hashes(config: Config, services: Services) -> None:
    """The file has neither an IP address nor an unkeyed hash of one."""
    two_workers(config, services)[0].submit("/login", password="guess")
    assert config.photo_dir.joinpath(RATES).stat().st_size
    assert b"127.0.0.1" not in config.photo_dir.joinpath(RATES).read_bytes()
    one, other = (SqliteRateLimitStorage(path="unused", secret=secret) for secret in ("a", "b"))
    assert one._hashed("127.0.0.1") != other._hashed("127.0.0.1")


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


@pytest.mark.parametrize("code", [errno.EIO, errno.EACCES, errno.EROFS, errno.EBUSY])
def test_a_damaged_file_that_cannot_be_deleted_is_a_storage_error(
    config: Config, services: Services, code: int
) -> None:
    """The visitor is asked to try again, and no password is checked."""
    worker = two_workers(config, services)[0]
    worker.submit("/login", password="guess")
    config.photo_dir.joinpath(RATES).write_bytes(b"no database" * 100)
    with mock.patch.object(Path, "unlink", side_effect=OSError(code, os.strerror(code))):
        assert worker.submit("/login", password="let me rule").status_code == 503


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


def test_decoding_is_limited_in_seconds(config: Config) -> None:
    """An address whose photos took too long has to wait; fractions of a second add up."""
    limited = replace(config, decode_rate_limit="10 per minute")
    limits = build_rate_limits(limited, "s")
    with Flask("test").test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        for _ in range(99):
            limits.check_decoding()
            limits.count_decoding(0.1)
        limits.check_decoding()
        limits.count_decoding(15.0)  # the last photo may exceed the limit
        with pytest.raises(RateLimitExceeded):
            limits.check_decoding()
    with Flask("test").test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.2"}):
        limits.check_decoding()


def test_photos_that_take_long_to_decode_use_up_the_limit(
    config: Config, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is no photo counts too, and other addresses may still upload."""
    monkeypatch.setattr(pool, "monotonic", count(step=30.0).__next__)
    limits = ImageLimits(config.max_pixels, keep_location=False)
    workers = pool.ImageWorkerPool(limits, 1, count_seconds=count_decoding)
    services = build_services(backend, workers, max_file_bytes=MB, max_parallel_uploads=1)
    visitor = Visitor(create_app(replace(config, decode_rate_limit="10 per minute"), services))
    with closing(workers):
        assert visitor.upload_json(b"no photo").status_code == 422
        refused = visitor.upload_json(jpeg(80, 60))
        visitor.client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
        assert visitor.upload_json(jpeg(80, 60)).status_code == 201
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
