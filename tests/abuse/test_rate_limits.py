"""Rate limits hold across processes and restarts."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import pytest
from flask import Flask

from app import create_app
from app.backends import build_rate_limits, count_decoding
from app.config import Config
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


def test_ip_addresses_are_stored_as_keyed_hashes(config: Config, services: Services) -> None:
    """The file has neither an IP address nor an unkeyed hash of one."""
    two_workers(config, services)[0].submit("/login", password="guess")
    assert config.photo_dir.joinpath(RATES).stat().st_size
    assert b"127.0.0.1" not in config.photo_dir.joinpath(RATES).read_bytes()
    one, other = (SqliteRateLimitStorage(path="unused", secret=secret) for secret in ("a", "b"))
    assert one._hashed("127.0.0.1") != other._hashed("127.0.0.1")


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
