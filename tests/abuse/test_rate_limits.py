"""Rate limits hold however many processes serve, and logins are locked for whoever guesses."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import pytest

from app import create_app
from app.config import Config
from app.domain.errors import StorageError
from app.services.photo_service import PhotoService
from app.storage.local.rate_limit_storage import SqliteRateLimitStorage
from tests.sample_images import jpeg
from tests.server.site import RunningSite
from tests.visitor import JSON, Visitor

RATES = "rates.sqlite3"


@pytest.fixture
def storage(tmp_path: Path) -> SqliteRateLimitStorage:
    return SqliteRateLimitStorage(path=str(tmp_path / "run" / RATES), secret="s")


def two_workers(config: Config, service: PhotoService, **settings: str) -> list[Visitor]:
    """One visitor's browser, before two apps that share nothing but the folder."""
    limited = replace(
        config, upload_password="let me add", admin_password="let me rule", **settings
    )  # type: ignore[arg-type]  # of texts
    return [Visitor(create_app(limited, service)) for _ in range(2)]


def test_uploads_count_together_in_all_processes(config: Config, service: PhotoService) -> None:
    """Three uploads a minute are three, whichever process takes them."""
    workers = two_workers(config, service, upload_rate_limit="3 per minute")
    for worker in workers:
        worker.submit("/login", password="let me add")
    statuses = [workers[n % 2].upload_json(jpeg()).status_code for n in range(5)]
    assert statuses == [201, 201, 201, 429, 429]


def test_guesses_count_together_in_all_processes(config: Config, service: PhotoService) -> None:
    """After five wrong passwords neither process takes even the right one, on the form or by token."""
    workers = two_workers(config, service, login_rate_limit="5 per minute")
    statuses = [workers[n % 2].submit("/login", password="guess").status_code for n in range(6)]
    assert statuses == [403] * 5 + [429]
    for worker in workers:
        assert worker.submit("/login", password="let me rule").status_code == 429
        token = {"Authorization": "Bearer let me add"}
        assert worker.client.post("/upload", headers=JSON | token).status_code == 429


def test_a_restart_unlocks_nothing(config: Config, service: PhotoService) -> None:
    """Whoever is locked out stays so when the site starts anew."""
    two_workers(config, service, login_rate_limit="1 per minute")[0].submit(
        "/login", password="guess"
    )
    again = two_workers(config, service, login_rate_limit="1 per minute")[0]
    assert again.submit("/login", password="let me rule").status_code == 429


def test_guesses_sent_at_once_to_two_workers_are_no_more_than_one_by_one(tmp_path: Path) -> None:
    """Of sixty guesses from many connections over two processes exactly five are told that they were wrong."""
    limits = {
        "LOGIN_RATE_LIMIT": "5 per hour",
        "UPLOAD_PASSWORD": "let me add",
        "WEB_CONCURRENCY": "2",
    }
    with RunningSite(tmp_path, **limits) as site:

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


def test_what_was_counted_is_forgotten_when_its_time_is_over(
    storage: SqliteRateLimitStorage,
) -> None:
    """The window moves with each hit, and hits of any key leave the file once they count no more."""
    start = 1_700_000_000.0
    with mock.patch.object(time, "time") as now:
        answers = []
        for second in (0, 30, 59, 61, 89, 91):
            now.return_value = start + second
            answers.append(storage.acquire_entry("ada", 2, 60))
        assert answers == [True, True, False, True, False, True]
        assert storage.get_moving_window("ada", 2, 60) == (start + 61, 2)
        assert storage.get_moving_window("bob", 2, 60) == (start + 91, 0)
        now.return_value = start + 1000
        storage.acquire_entry("bob", 2, 60)
    with closing(sqlite3.connect(storage._path)) as db:
        assert db.execute("SELECT count(*) FROM hits").fetchone() == (1,)


def test_nobody_s_address_is_written_down(config: Config, service: PhotoService) -> None:
    """The file holds keyed hashes: the address is not in it, nor a hash of the address alone."""
    two_workers(config, service)[0].submit("/login", password="guess")
    assert config.photo_dir.joinpath(RATES).stat().st_size
    assert b"127.0.0.1" not in config.photo_dir.joinpath(RATES).read_bytes()
    one, other = (SqliteRateLimitStorage(path="unused", secret=secret) for secret in ("a", "b"))
    assert one._hashed("127.0.0.1") != other._hashed("127.0.0.1")


def test_a_damaged_file_is_begun_anew(storage: SqliteRateLimitStorage) -> None:
    """Rates are worth no repair: a file that is none of SQLite's makes way."""
    storage.acquire_entry("ada", 1, 60)
    storage._path.write_bytes(b"no database" * 100)
    assert storage.acquire_entry("ada", 1, 60)
    assert not storage.acquire_entry("ada", 1, 60)


def test_a_folder_that_can_not_be_used_says_so(tmp_path: Path) -> None:
    """Where nothing can be counted nothing is let through: the error names the place."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / RATES, tmp_path):
        with pytest.raises(StorageError, match=str(tmp_path)):
            SqliteRateLimitStorage(path=str(path), secret="s").acquire_entry("ada", 1, 60)


def test_it_is_all_that_the_limiter_asks_of_a_storage(storage: SqliteRateLimitStorage) -> None:
    """Counting by fixed windows, looking and forgetting work too, for each key alone."""
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
