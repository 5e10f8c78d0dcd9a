"""A server that sends requests back, and the whole site."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from app.config import Config
from app.http_server.limits import BodyLimits
from app.http_server.server import Server
from tests.backends import local_backend
from tests.conftest import services_of
from tests.http_server.live_server import live_server


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer with the body and the client's address."""
    start_response("200 OK", [("X-For", environ.get("HTTP_X_FORWARDED_FOR", "-"))])
    return [environ["REMOTE_ADDR"].encode() + b" " + environ["wsgi.input"].read()]


@pytest.fixture
def server() -> Iterator[Server]:
    with live_server(echo) as server:
        yield server


@pytest.fixture
def site(config: Config, tmp_path: Path) -> Iterator[Server]:
    """The whole site on the local backend."""
    app = create_app(config, services_of(local_backend(tmp_path), config))
    with live_server(app, body_limits=BodyLimits.of(config)) as server:
        yield server
