"""A site starts with valid settings, and names each wrong one otherwise.

Covers app.__main__, app.wsgi and app.storage.local.secret_key.
"""

import socket
from pathlib import Path

import pytest

from tests.server.client import failed_start, get
from tests.server.site import RunningSite


def test_port_in_use_is_named_without_a_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        error = failed_start("app", PHOTO_DIR=str(tmp_path), PORT=port)
    assert f"can't listen on 127.0.0.1:{port}: " in error
    assert "Address already in use" in error


def test_invalid_settings_stop_the_start_and_are_all_named(tmp_path: Path) -> None:
    """The start fails with one message that names every invalid setting, without a traceback."""
    invalid = {"PORT": "eighty", "MAX_PIXELS": "many", "PHOTO_BUCKET": "No_Bucket"}
    for arguments in (["app"], ["flask", "--app", "app", "check"]):
        error = failed_start(*arguments, **invalid)
        assert all(name in error for name in invalid)


def test_secret_key_is_created_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    """The local backend creates a secret key for its owner only, and keeps it over restarts."""
    with RunningSite(tmp_path):
        secret = (tmp_path / "secret_key").read_text()
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    with RunningSite(tmp_path):
        assert (tmp_path / "secret_key").read_text() == secret
    assert len(secret) >= 32


@pytest.mark.parametrize("number", ["two", "0", ""])
def test_wrong_number_of_workers_is_named_without_a_traceback(tmp_path: Path, number: str) -> None:
    """It is checked although only gunicorn uses it."""
    assert "WEB_CONCURRENCY: " in failed_start(
        "app", PHOTO_DIR=str(tmp_path), WEB_CONCURRENCY=number
    )


def test_site_serves_on_ipv6(tmp_path: Path) -> None:
    """HOST=::1 is an address like any other."""
    with RunningSite(tmp_path, HOST="::1") as site:
        assert site.url.startswith("http://[::1]:")
        assert get(f"{site.url}/healthz")[1]
