"""A site with an admin, who reads reports."""

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services.factory import Services
from tests.visitor import Visitor

PASSWORD = "change it all"


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    return create_app(replace(config, admin_password=PASSWORD), services)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.send("/login", password=PASSWORD)
    return visitor


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """A visitor without uploads."""
    return Visitor(app)
