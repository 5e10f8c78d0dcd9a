"""Requests have a deadline for the storage, by method and endpoint."""

from pathlib import Path

import pytest
from flask import Flask

from app.services.deadline import remaining_seconds
from tests.backends import Backend, local_backend


@pytest.fixture
def long_deadlines() -> None:
    """Test the deadlines of the site, not the longer ones of other tests."""


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.mark.parametrize(
    ("method", "path", "seconds"),
    [
        ("GET", "/", 3),
        ("GET", "/readyz", 20),
        ("POST", "/logout", 20),
    ],
)
def test_request_has_a_deadline(app: Flask, method: str, path: str, seconds: float) -> None:
    """A page waits 3 seconds, a change and the readiness check 20."""
    headers = {"X-Requested-With": "test"}
    with app.test_request_context(path, method=method, headers=headers):
        app.preprocess_request()
        remaining = remaining_seconds()
    assert remaining is not None
    assert seconds - 1 < remaining <= seconds


def test_upload_has_no_deadline_of_its_own(app: Flask) -> None:
    """The service sets one for each file."""
    headers = {"X-Requested-With": "test"}
    with app.test_request_context("/upload", method="POST", headers=headers):
        app.preprocess_request()
        assert remaining_seconds() is None
