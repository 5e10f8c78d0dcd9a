"""Kill gunicorn's worker before and after every step of every operation, on both backends."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import timedelta
from html import unescape
from itertools import islice
from pathlib import Path

import pytest
import requests

from app.domain.file_sizes import MB
from app.services.factory import Services, build_services
from app.services.photo_service import PhotoService
from app.storage.local.sqlite import SqliteCatalog
from tests.backends import aws_environment, create_tables
from tests.faults import album_invariants, invariants
from tests.faults.album_operations import NAMED as ALBUMS
from tests.faults.album_operations import AlbumOperation, Scene, make_scene
from tests.faults.injection import KILLED_AFTER, KILLED_BEFORE, Fault
from tests.faults.operations import OPERATIONS, Operation
from tests.faults.restartable_site import Answer, RestartableSite
from tests.faults.server import APP, backend_named
from tests.maintenance.conftest import add, plain_service, prepared
from tests.server.site import RunningSite, free_port

# Those with several changes. The fault matrix has all of them.
ALBUM_OPERATIONS = (
    "add other to empty_id",
    "remove cover",
    "choose a cover",
    "unlist",
    "delete the album",
    "hide cover",
)


class KilledSite(RestartableSite):
    """A site in separate processes, with a separate backend for each test case."""

    def __init__(self, site: RunningSite, folder: Path, endpoint: str | None) -> None:
        self.site, self.folder, self.endpoint = site, folder, endpoint

    @contextmanager
    def cell(self, name: str) -> Iterator[None]:
        """Use a new backend with this name."""
        self.name, self.later, self.kill, self._csrf_token = name, timedelta(), "", ""
        self.backend = backend_named(name, self.folder, self.endpoint)
        if self.backend.clients:
            self.backend.clients.s3.create_bucket(Bucket=name)
            create_tables(self.backend.clients, name)
        self.other_photo = add(self.backend, title="By", tags="sea")
        with requests.Session() as self.browser:
            yield
        self._close()

    @property
    def services(self) -> Services:
        """Services in this process, over the same stored data."""
        return build_services(
            self.backend, prepared, max_file_bytes=MB, now=self.now, max_parallel_uploads=1
        )

    def restart(self) -> PhotoService:
        """Return a service over the stored data; gunicorn has restarted the worker itself."""
        self._close()
        return plain_service(self.backend)

    def fields(self, path: str) -> dict[str, str]:
        """Return the hidden fields of a form."""
        answer = self.browser.get(self.site.url + path, headers=self._headers(), timeout=60)
        tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', answer.text)
        hidden = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags]
        found = {field["name"]: unescape(field["value"]) for field in hidden}
        self._csrf_token = found["csrf_token"]
        return found

    def post(self, path: str, fields: dict[str, str], photo: bytes = b"") -> Answer:
        """Send a form. Return status 0 if the connection breaks."""
        files = {"photo": ("a.jpg", photo)} if photo else None
        headers = self._headers() | ({"X-Kill": self.kill} if self.kill else {})
        try:
            answer = self.browser.post(
                self.site.url + path,
                fields,
                files=files,
                headers=headers,
                timeout=60,
                allow_redirects=False,
            )
        except requests.ConnectionError:
            return Answer(0)
        return Answer(answer.status_code, answer.text, answer.headers.get("Retry-After"))

    def purge(self) -> Answer:
        """Empty the trash."""
        return self.post("/-purge", {})

    def change_album(self, operation: AlbumOperation, scene: Scene) -> Answer:
        """Run an operation on an album in the site's process."""
        return self.post("/-album", {"operation": operation.name} | asdict(scene))

    def _headers(self) -> dict[str, str]:
        later = str(int(self.later.total_seconds()))
        return {"X-Backend": self.name, "X-Later": later, "X-Requested-With": "test"}

    def _close(self) -> None:
        if isinstance(self.backend.catalog, SqliteCatalog):
            self.backend.catalog.close()


@contextmanager
def moto_server() -> Iterator[str]:
    """Run moto's S3 and DynamoDB in a separate process."""
    port = free_port()
    with (
        aws_environment(),
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.moto_server", str(port)],
            env=os.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as server,
    ):
        while server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


@pytest.fixture(scope="module", params=["local", "aws"])
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def killed_site(tmp_path_factory: pytest.TempPathFactory, backend: str) -> Iterator[KilledSite]:
    folder = tmp_path_factory.mktemp(backend)
    with moto_server() if backend == "aws" else nullcontext() as endpoint:
        settings = {"WEB_CONCURRENCY": "1"} | ({"MOTO_URL": endpoint} if endpoint else {})
        with RunningSite(folder, APP, **settings) as site:
            yield KilledSite(site, folder, endpoint)


@pytest.mark.exhaustive("kills")
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@pytest.mark.parametrize("fault", [KILLED_BEFORE, KILLED_AFTER], ids=str)
def test_site_survives_a_kill_at_every_step(
    killed_site: KilledSite,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    fault: Fault,
    operation: Operation,
) -> None:
    """A kill loses nothing and leaves nothing incomplete; the visitor can try again.

    A kill after a step leaves the same data as one before the next step, so every third suffices.
    """
    stride = 3 if fault is KILLED_AFTER else 1
    survived = 0
    for step in islice(steps, 0, None, stride):
        if not _survives(killed_site, fault, step, operation):
            break
        survived += 1
    assert survived
    record_property("survived", f"{backend}: processes|{fault.name}|{survived}")


def _survives(site: KilledSite, fault: Fault, step: int, operation: Operation) -> bool:
    """Kill the worker at one step. Return False if the operation has fewer steps."""
    with site.cell(f"{operation.name}-{fault.name.split()[1]}-{step}"):
        send = operation.prepare(site, operation.arrange(site))
        site.kill = f"{fault.name} {step}"
        answer = send()
        site.kill = ""
        if answer.ok:
            return False
        try:
            assert answer.status == 0, answer
            assert operation.is_done(site.photos()) or operation.is_undone(site.photos()), (
                site.photos()
            )
            invariants.assert_recovers(site, operation, send, repair_first=step % 2 == 0)
        except AssertionError as error:
            error.add_note(f"{operation}, {fault} step {step}")
            raise
    return True


@pytest.mark.exhaustive("kills of albums")
@pytest.mark.parametrize("operation", ALBUM_OPERATIONS)
def test_albums_survive_a_kill_at_every_step(
    killed_site: KilledSite,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    operation: str,
) -> None:
    """A kill loses nothing, and no album shows a hidden photo; it can be done again."""
    survived = 0
    for step in steps:
        if not _albums_survive(killed_site, step, ALBUMS[operation]):
            break
        survived += 1
    record_property("survived", f"{backend}: processes|{KILLED_BEFORE.name}|{survived}")


def _albums_survive(site: KilledSite, step: int, operation: AlbumOperation) -> bool:
    """Kill the worker at one step. Return False if the operation has fewer steps."""
    with site.cell(f"{operation.name.replace(' ', '-').replace('_', '-')}-{step}"):
        scene = make_scene(site.services, site.other_photo.photo_id)
        operation.arrange(site.services, scene)
        site.kill = f"{KILLED_BEFORE.name} {step}"
        answer = site.change_album(operation, scene)
        site.kill = ""
        if answer.ok:
            return False
        try:
            assert answer.status == 0, answer
            album_invariants.assert_recovers(site, operation, scene, repair_first=step % 2 == 0)
        except AssertionError as error:
            error.add_note(f"{operation}, killed before step {step}")
            raise
    return True
