"""A site with a request log, on a folder and on AWS."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Config
from app.storage.aws import client_factory
from tests.backends import Backend, aws_backend, local_backend
from tests.web.middleware.request_log.log_lines import Log


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, request_log=True)


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Log:
    return Log(capsys)


@pytest.fixture
def aws() -> Iterator[Backend]:
    with aws_backend(client_factory.create_clients) as backend:
        yield backend
