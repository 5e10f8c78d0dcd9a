"""The local backend is enough for tests of authorization."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Config
from tests.backends import Backend, local_backend

UPLOAD_PASSWORD = "let me upload"
ADMIN_PASSWORD = "let me rule"


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, upload_password=UPLOAD_PASSWORD, admin_password=ADMIN_PASSWORD)
