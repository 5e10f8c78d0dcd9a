"""Kill gunicorn's worker before and after every step of every operation, on both backends."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from functools import partial
from html import unescape
from itertools import islice
from pathlib import Path

import pytest
import requests
from moto.server import ThreadedMotoServer

from app.domain.file_sizes import MB
from app.services.factory import Services, build_services
from tests.aws.moto_overhead import reduced_overhead
from tests.backends import aws_environment
from tests.faults import album_invariants, invariants
from tests.faults.album_operations import NAMED as ALBUMS
from tests.faults.album_operations import AlbumOperation, Scene
from tests.faults.conftest import memory_folder
from tests.faults.injection import KILLED_AFTER, KILLED_BEFORE, Fault
from tests.faults.operations import OPERATIONS, Operation, Send
from tests.faults.restartable_site import Answer, Checkpoint, RestartableSite
from tests.faults.server import APP
from tests.faults.stages import Stage, Stages
from tests.maintenance.conftest import prepared
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
    """A site in a process of its own, over a backend that this process restores."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.url, self.kill = url, ""

    @property
    def services(self) -> Services:
        """Services in this process, over the same stored data."""
        return build_services(
            self.backend, prepared, max_file_bytes=MB, now=self.now, max_parallel_uploads=1
        )

    def return_to(self, checkpoint: Checkpoint) -> None:
        """Restore the data and the visitor."""
        super().return_to(checkpoint)
        self.restart()

    def cookies(self) -> dict[str, str]:
        """Return the visitor's cookies by name."""
        return self.browser.cookies.get_dict()

    def visit_with(self, cookies: dict[str, str]) -> None:
        """Start a new visit with the cookies of an earlier one."""
        self.browser, self._csrf_token = requests.Session(), ""
        self.browser.trust_env = False  # it would look for proxies in the environment every time
        self.browser.cookies.update(cookies)

    def fields(self, path: str) -> dict[str, str]:
        """Return the hidden fields of a form."""
        answer = self.browser.get(self.url + path, headers=self._headers(), timeout=60)
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
                self.url + path,
                fields,
                files=files,
                headers=headers,
                timeout=60,
                allow_redirects=False,
            )
        except requests.ConnectionError:
            return Answer(0)
        return Answer(answer.status_code, answer.text, answer.headers.get("Retry-After"))

    @contextmanager
    def killed(self, fault: Fault, step: int) -> Iterator[None]:
        """Kill the worker at a step of the next request."""
        self.restart()
        self.kill = f"{fault.name} {step}"
        yield
        self.kill = ""
        self.restart()

    def purge(self) -> Answer:
        """Empty the trash."""
        return self.post("/-purge", {})

    def change_album(self, operation: AlbumOperation, scene: Scene) -> Answer:
        """Run an operation on an album in the site's process."""
        return self.post("/-album", {"operation": operation.name} | asdict(scene))

    def _headers(self) -> dict[str, str]:
        later = str(int(self.later.total_seconds()))
        return {"X-Later": later, "X-Requested-With": "test"}


@contextmanager
def moto_server() -> Iterator[str]:
    """Serve moto's S3 and DynamoDB of this process."""
    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    with aws_environment(), reduced_overhead():
        server.start()
        try:
            yield "http://{}:{}".format(*server.get_host_and_port())
        finally:
            server.stop()


@pytest.fixture(scope="module", params=["local", "aws"])
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, backend: str) -> Iterator[Stages]:
    """Return the stages of a site that is killed."""
    saved = tmp_path_factory.mktemp(backend)
    with (
        memory_folder() as folder,
        moto_server() if backend == "aws" else nullcontext() as endpoint,
    ):
        settings = {"WEB_CONCURRENCY": "1"} | ({"MOTO_URL": endpoint} if endpoint else {})
        with RunningSite(folder / "backend", APP, **settings) as site:
            yield Stages(KilledSite(folder / "backend", site.url), saved)


@pytest.mark.exhaustive("kills")
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
@pytest.mark.parametrize("fault", [KILLED_BEFORE, KILLED_AFTER], ids=str)
def test_site_survives_a_kill_at_every_step(
    stages: Stages,
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
    with stages.on(backend, operation.name, operation.opened) as stage:
        for step in islice(steps, 0, None, stride):
            stage.reset()
            if not _survives(stages, stage, fault, step, operation):
                break
            survived += 1
    assert survived
    record_property("survived", f"{backend}: processes|{fault.name}|{survived}")


def _survives(
    stages: Stages, stage: Stage[Send], fault: Fault, step: int, operation: Operation
) -> bool:
    """Kill the worker at one step. Return False if the operation has fewer steps."""
    site, send, repair_first = stage.site, stage.arranged, step % 2 == 0
    assert isinstance(site, KilledSite)
    with site.killed(fault, step):
        answer = send()
    if answer.ok:
        return False
    recover = partial(invariants.assert_recovers, site, operation, send, repair_first=repair_first)
    try:
        assert answer.status == 0, answer
        photos = site.photos()
        assert operation.is_done(photos) or operation.is_undone(photos), photos
        stages.check_once(recover, stage.name, repair_first)
    except AssertionError as error:
        error.add_note(f"{operation}, {fault} step {step}")
        raise
    return True


@pytest.mark.exhaustive("kills of albums")
@pytest.mark.parametrize("operation", ALBUM_OPERATIONS)
def test_albums_survive_a_kill_at_every_step(
    stages: Stages,
    record_property: Callable[[str, object], None],
    steps: Iterable[int],
    backend: str,
    operation: str,
) -> None:
    """A kill loses nothing, and no album shows a hidden photo; it can be done again."""
    survived = 0
    with stages.on(backend, ALBUMS[operation], ALBUMS[operation].scene) as stage:
        for step in steps:
            stage.reset()
            if not _albums_survive(stages, stage, step, ALBUMS[operation]):
                break
            survived += 1
    record_property("survived", f"{backend}: processes|{KILLED_BEFORE.name}|{survived}")


def _albums_survive(
    stages: Stages, stage: Stage[Scene], step: int, operation: AlbumOperation
) -> bool:
    """Kill the worker at one step. Return False if the operation has fewer steps."""
    site, scene, repair_first = stage.site, stage.arranged, step % 2 == 0
    assert isinstance(site, KilledSite)
    with site.killed(KILLED_BEFORE, step):
        answer = site.change_album(operation, scene)
    if answer.ok:
        return False
    recover = partial(
        album_invariants.assert_recovers, site, operation, scene, repair_first=repair_first
    )
    try:
        assert answer.status == 0, answer
        stages.check_once(recover, stage.name, repair_first)
    except AssertionError as error:
        error.add_note(f"{operation}, killed before step {step}")
        raise
    return True
