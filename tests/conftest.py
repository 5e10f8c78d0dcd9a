"""The site on both homes, and a visitor's browser."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.imaging import pipeline
from app.services.photo_service import PhotoLibrary
from tests.backends import Home, aws_home, embedded_home
from tests.visitor import Visitor

SECRET = "a secret for tests alone"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(photo_dir=tmp_path, secret_key=SECRET, max_upload_mb=2, max_form_mb=20, max_pixels=10_000_000)


@pytest.fixture(params=["embedded", "aws"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    if request.param == "embedded":
        yield embedded_home(tmp_path)
    else:
        with aws_home() as home:
            yield home


@pytest.fixture
def library(home: Home, config: Config) -> PhotoLibrary:
    return library_of(home, config)


def library_of(home: Home, config: Config, **options: Any) -> PhotoLibrary:
    """The use cases over `home`; one put at a time, since moto is not thread-safe."""
    limits = pipeline.Limits(config.max_upload_bytes, config.max_pixels, keep_location=config.keep_location)
    return PhotoLibrary(home.objects, home.catalog, partial(pipeline.prepare, limits=limits), putters=1, **options)


@pytest.fixture
def app(config: Config, library: PhotoLibrary) -> Flask:
    return create_app(config, library)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)
