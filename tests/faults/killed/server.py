"""A site that kills its worker at a given step: `python -m tests.faults.killed.server`.

The header X-Kill of a request selects the step: a system call, an SQL statement or a call to AWS.
With the header X-Copies, the local backend is copied to that folder at each step instead.
"""

import os
import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from unittest import mock

from flask import Flask, request

from app import create_app
from app.config import Config
from app.domain.file_sizes import MB
from app.services.factory import build_services
from app.storage.aws import client_factory
from app.storage.aws.s3 import S3Store
from app.storage.local.sqlite import SqliteCatalog
from app.web.context import app_context, photo_service
from tests.backends import BUCKET, REGION, Backend, aws_backend_of, create_tables, local_backend
from tests.faults.album_operations import NAMED, Scene
from tests.faults.fault_points import killing_at_aws, on_disk
from tests.faults.injection import KILLED_AFTER, KILLED_BEFORE, Injector
from tests.faults.killed.moto_calls import call_directly
from tests.faults.killed.recorder import Recorder
from tests.faults.restartable_site import serve
from tests.maintenance.conftest import prepared, with_credit
from tests.server.gunicorn_site import run
from tests.storage.local.disk_syncs import without_syncs
from tests.visitor import Visitor

APP = "tests.faults.killed.server"
# After each start of a worker, gunicorn pauses for up to 0.1 seconds, chosen at random. It notices
# afterwards that the worker was killed.
_NO_PAUSE = {"random.return_value": 0.0}
# Creating the folder of a partition of photo ids takes one step more than using one that exists. A
# partition is the last five bits of an id.
_OF_ONE_PARTITION = SimpleNamespace(randbits=lambda bits: secrets.randbits(bits) >> 5 << 5)
FAULTS = {fault.name: fault for fault in (KILLED_BEFORE, KILLED_AFTER)}


@cache  # reading the API descriptions is slow
def _clients(endpoint: str) -> client_factory.Clients:
    clients = client_factory.create_clients(REGION, client_factory.Endpoints(endpoint, endpoint))
    call_directly(clients, os.environ["MOTO_CALLS"])
    return clients


def stored_backend(folder: Path, endpoint: str | None) -> Backend:
    """Return the backend in `folder`, or in an AWS emulator at `endpoint`."""
    if endpoint is None:
        return local_backend(folder)
    clients = _clients(endpoint)
    return aws_backend_of(S3Store(clients.s3, BUCKET, endpoint), clients)


class KillMiddleware:
    """WSGI middleware: each request opens the backend, and selects its clock and its kill."""

    def __init__(self, app: Flask, config: Config) -> None:
        self._app = app
        self._inner = app.wsgi_app
        self._config = config

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        later = timedelta(seconds=int(environ.get("HTTP_X_LATER", "0")))
        backend = stored_backend(self._config.photo_dir, self._config.aws_endpoint_url)
        services = build_services(
            backend,
            prepared,
            max_file_bytes=MB,
            now=lambda: datetime.now(UTC) + later,
            max_parallel_uploads=1,
            write_credit=with_credit,
        )
        serve(self._app, services)
        with self._killed(backend, self._injector(environ)):
            answer = list(self._inner(environ, start_response))
        if isinstance(backend.catalog, SqliteCatalog):
            backend.catalog.close()
        return answer

    def _injector(self, environ: dict[str, Any]) -> Injector:
        name, _, at = environ.get("HTTP_X_KILL", "killed before 0").rpartition(" ")
        if copies := environ.get("HTTP_X_COPIES"):
            return Recorder(FAULTS[name], self._config.photo_dir, Path(copies))
        return Injector(FAULTS[name], int(at))

    def _killed(self, backend: Backend, injector: Injector) -> AbstractContextManager[None]:
        if backend.clients:
            return killing_at_aws(backend.clients, injector)
        return on_disk(self._config.photo_dir, injector)


def site() -> Flask:
    """Create the app."""
    folder = Path(os.environ["PHOTO_DIR"])
    config = Config(
        photo_dir=folder,
        runtime_dir=folder.parent,
        aws_endpoint_url=os.environ.get("MOTO_URL"),
        secret_key="a secret for tests alone",
        upload_rate_limit="1000000 per minute",
    )
    backend = stored_backend(folder, config.aws_endpoint_url)
    app = create_app(config, build_services(backend, prepared, max_file_bytes=MB))

    @app.post("/-purge")
    def purge() -> tuple[str, int]:
        return str(photo_service().purge()), 303

    @app.post("/-album")
    def album() -> tuple[str, int]:
        fields = request.form.to_dict()
        operation = NAMED[fields.pop("operation")]
        operation.run(app_context().services, Scene(**fields))
        return "", 303

    _warm_up(app, config.aws_endpoint_url)
    app.wsgi_app = KillMiddleware(app, config)  # type: ignore[method-assign]
    return app


def _warm_up(app: Flask, endpoint: str | None) -> None:
    """Load what requests load, so that no worker does it again after each kill."""
    with TemporaryDirectory() as folder:
        backend = stored_backend(Path(folder), endpoint)
        if clients := backend.clients:
            clients.s3.create_bucket(Bucket=BUCKET)
            create_tables(clients)
        serve(app, build_services(backend, prepared, max_file_bytes=MB, write_credit=with_credit))
        _send_forms(Visitor(app))
        if clients:
            clients.s3.close()  # no worker may inherit a connection
            clients.dynamodb.close()
        if isinstance(backend.catalog, SqliteCatalog):
            backend.catalog.close()


def _send_forms(visitor: Visitor) -> None:
    photo = f"/photos/{visitor.add(title='Pier')}"
    visitor.get(photo)
    for path in (f"{photo}/edit", "/albums/new"):
        visitor.submit(path, title="Mole", version="0")
    token = visitor.fields("/upload")["csrf_token"]
    for verb in ("rotate", "hide", "unhide", "delete", "restore"):
        visitor.post(
            f"{photo}/{verb}", {"csrf_token": token, "direction": "right", "revision": "0"}
        )


if __name__ == "__main__":
    with (
        without_syncs(),
        mock.patch("gunicorn.arbiter.random", **_NO_PAUSE),
        mock.patch("app.domain.batches.secrets", _OF_ONE_PARTITION),
        # A test sends one request at a time: no other one ends the lease that a request waits for.
        mock.patch("app.services.leases._POLL_SECONDS", 0.0),
    ):
        run("--preload", "--log-level", "critical", f"{APP}:site()")
