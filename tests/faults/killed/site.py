"""A site whose worker is killed, over data that this process restores."""

import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import requests

from app.domain.file_sizes import MB
from app.services.factory import Services, build_services
from tests.aws.moto_server import moto_server
from tests.backends import aws_environment
from tests.faults.album_operations import AlbumOperation, Scene
from tests.faults.injection import Fault
from tests.faults.killed.moto_calls import answering, await_answered
from tests.faults.restartable_site import Answer, Checkpoint, RestartableSite
from tests.maintenance.conftest import prepared


@dataclass(frozen=True)
class Moto:
    """moto in this process: the address of its server, and that of a socket for direct calls."""

    url: str
    calls: str

    @property
    def settings(self) -> dict[str, str]:
        """Return the settings of a site that calls it."""
        return {"MOTO_URL": self.url, "MOTO_CALLS": self.calls}

    def await_handled(self) -> None:
        """Wait until all that a dead process sent is handled."""
        await_answered(self.calls)
        await_handled(self.url)


class KilledSite(RestartableSite):
    """A site in a process of its own, over a backend that this process restores.

    Args:
        folder: The folder of a local backend.
        url: The site's address.
        moto: moto in this process, if the site calls it.
    """

    def __init__(self, folder: Path, url: str, moto: Moto | None) -> None:
        super().__init__(folder)
        self.url = url
        self._injection: dict[str, str] = {}  # the header of the next request
        self._moto = moto

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
        headers = self._headers() | self._injection
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
            if self._moto:
                self._moto.await_handled()
            return Answer(0)
        return Answer(answer.status_code, answer.text, answer.headers.get("Retry-After"))

    @contextmanager
    def killed(self, fault: Fault, step: int) -> Iterator[None]:
        """Kill the worker at a step of the next request."""
        self.restart()
        self._injection = {"X-Kill": f"{fault.name} {step}"}
        yield
        self._injection = {}
        self.restart()

    def record(self, fault: Fault, send: Callable[[], Answer]) -> list[Path]:
        """Run an operation on the local backend, and return what a kill at each step leaves.

        Each folder is a copy of the backend's folder.
        """
        copies = self.folder.with_name("copies")
        shutil.rmtree(copies, ignore_errors=True)
        copies.mkdir()
        self._injection = {"X-Kill": f"{fault.name} 0", "X-Copies": str(copies)}
        assert send().ok
        self._injection = {}
        steps = len(list(copies.iterdir()))
        return [copies / str(step) for step in range(1, steps + 1)]

    def store(self, copy: Path) -> None:
        """Move a copy to where the backend's folder is."""
        shutil.rmtree(self.folder)
        copy.rename(self.folder)

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
def running_moto(folder: Path) -> Iterator[Moto]:
    """Serve moto's S3 and DynamoDB of this process.

    Args:
        folder: A folder for the socket.
    """
    with aws_environment(), moto_server() as url, answering(folder / "moto") as calls:
        yield Moto(url, calls)


def await_handled(moto: str) -> None:
    """Wait until moto's threads have handled all that a dead process sent.

    The process may have made several calls side by side. moto accepts connections in their order,
    so it has accepted all of them when it closes one that was made later.
    """
    address = urlsplit(moto)
    with socket.create_connection((address.hostname, address.port), timeout=60) as last:
        last.shutdown(socket.SHUT_WR)
        assert last.recv(1) == b""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=60)
            assert not thread.is_alive()
