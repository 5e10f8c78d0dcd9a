"""Serve the site from a thread of the test process.

This starts in a tenth of the time of gunicorn, which tests/server covers.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Flask

from app import create_app
from app.config import Config
from tests.backends import local_backend
from tests.conftest import services_of


class _RequestHandler(WSGIRequestHandler):
    disable_nagle_algorithm = True  # sends the body at once after the headers

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = False  # server_close waits for the responses


@contextmanager
def live_site(
    folder: Path, requested_paths: list[str] | None = None, **settings: Any
) -> Iterator[str]:
    """Serve a site on the local backend in `folder` and yield its address.

    Args:
        folder: The folder of the backend.
        requested_paths: A list to which the path of each request is appended.
        settings: Further fields of Config.
    """
    config = Config(photo_dir=folder, **settings)
    services = services_of(local_backend(folder), config)
    app = create_app(config, services)
    if requested_paths is not None:
        _record_paths(app, requested_paths)
    with serve(app) as url:
        yield url


def _record_paths(app: Flask, requested_paths: list[str]) -> None:
    """Append the path of each request, also of those that do not reach Flask."""
    wsgi_app = app.wsgi_app

    def record_path(environ: dict[str, Any], start_response: Any) -> Any:
        requested_paths.append(environ["PATH_INFO"])
        return wsgi_app(environ, start_response)

    app.wsgi_app = record_path  # type: ignore[method-assign]


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve `app` on a free port and yield its address."""
    server = make_server("127.0.0.1", 0, app, _Server, _RequestHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
