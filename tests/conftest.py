"""The site on both storage backends, and a visitor of it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.imaging import pipeline
from app.services.photo_service import PhotoService
from tests.backends import Backend, aws_backend, local_backend
from tests.visitor import Visitor

pytest_plugins = ["tests.sampling"]

SECRET = "a secret for tests alone"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        photo_dir=tmp_path,
        secret_key=SECRET,
        max_upload_mb=2,
        max_request_mb=20,
        max_pixels=10_000_000,
    )


@pytest.fixture(params=["local", "aws"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    if request.param == "local":
        yield local_backend(tmp_path)
    else:
        with aws_backend() as backend:
            yield backend


@pytest.fixture
def service(backend: Backend, config: Config) -> PhotoService:
    return service_of(backend, config)


def service_of(backend: Backend, config: Config, **options: Any) -> PhotoService:
    """Return the photo service, with one put at a time, since moto is not thread-safe."""
    limits = pipeline.ImageLimits(
        config.max_upload_bytes, config.max_pixels, keep_location=config.keep_location
    )
    return PhotoService(
        backend.objects,
        backend.catalog,
        partial(pipeline.process_image, limits=limits),
        putters=1,
        **options,
    )


@pytest.fixture
def app(config: Config, service: PhotoService, backend: Backend) -> Flask:
    return create_app(config, service, backend.session_revocations)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)
