"""Serve one site in this process."""

import logging
import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask.logging import default_handler

from app import create_app
from app.config import Config
from app.http_server import limits
from app.http_server.limits import BodyLimits
from app.http_server.server import Server

_OPEN_FILES = 4096  # three for each connection, and those of the app
_OPEN_FILES_OF_APP = 200


def serve(config: Config) -> None:
    """Serve until SIGTERM or SIGINT."""
    os.umask(0o077)
    _log_errors()
    with _runtime_folder(config) as runtime_dir:
        app = create_app(replace(config, runtime_dir=runtime_dir))
        try:
            server = Server(
                app,
                config.host,
                config.port,
                body_limits=BodyLimits.of(config),
                script_name=config.script_name,
                max_connections=_max_connections(),
                max_connections_per_address=_max_connections_per_address(config),
            )
        except (OSError, ValueError) as error:  # in use; not an address of this machine
            sys.exit(f"Shoebox can't listen on {config.bind_address}: {error}.")
        print(_startup_message(config), flush=True)  # noqa: T201  for the terminal
        server.run()


def _log_errors() -> None:
    """Log errors of waitress as those of the app; it would also log each client that waits."""
    logger = logging.getLogger("waitress")
    logger.addFilter(_without_path)
    logger.addHandler(default_handler)
    logger.setLevel(logging.ERROR)


def _without_path(record: logging.LogRecord) -> bool:
    """Leave out the path of a request, which may contain secrets."""
    if str(record.msg).startswith("Exception while serving"):
        record.msg = "Exception while serving a request"
    return True


@contextmanager
def _runtime_folder(config: Config) -> Iterator[Path | None]:
    """Return the folder for temporary files of a site on AWS, which has no photo folder."""
    if config.runtime_dir or not config.photo_table:
        yield config.runtime_dir
        return
    with tempfile.TemporaryDirectory(prefix="shoebox-") as folder:
        yield Path(folder)


def _max_connections() -> int:
    """Return the most connections for the files that this process may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = max(soft, min(hard, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return min(limits.MAX_CONNECTIONS, (allowed - _OPEN_FILES_OF_APP) // 3)


def _max_connections_per_address(config: Config) -> int | None:
    return None if config.proxy_hops else limits.MAX_CONNECTIONS_PER_ADDRESS


def _startup_message(config: Config) -> str:
    storage = str(config.photo_dir.resolve())
    if config.photo_bucket:
        catalog = "" if config.photo_table else f", and its catalog in {storage}"
        storage = f"the bucket {config.photo_bucket}{catalog}"
    return f"Shoebox is at http://{config.bind_address} and stores its photos in {storage}."
