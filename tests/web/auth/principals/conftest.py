"""Both backends again: tokens are stored."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.domain.photo_summary import Role
from app.services.factory import Services
from tests.backends import Backend, aws_backend, local_backend
from tests.visitor import Visitor
from tests.web.auth.principals.script import Script


@pytest.fixture(params=["local", "aws"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    if request.param == "local":
        yield local_backend(tmp_path)
    else:
        with aws_backend() as backend:
            yield backend


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    """A site with both passwords."""
    return create_app(config, services)


@pytest.fixture
def open_app(config: Config, services: Services) -> Flask:
    """A site on which everyone may upload."""
    return create_app(replace(config, upload_password=None), services)


@pytest.fixture
def script(app: Flask, services: Services) -> Script:
    """A script whose token adds photos."""
    return Script.with_token(app, services, Role.CONTRIBUTOR)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    return Visitor(app)
