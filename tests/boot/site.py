"""The site on the machine, as visitors and operators use it."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tests.boot.fake_aws import FakeAws
from tests.boot.machine import URL, Machine
from tests.boot.source import client
from tests.https.authority import Authority
from tests.sample_images import jpeg
from tests.server.client import photos_in, post

BUCKET = "boot-photos"
READY = 120  # seconds
MAX_AGE = 10  # seconds of a page; it is four, but the machine may be busy
SCRIPT = "/var/lib/cloud/instance/scripts/part-001"


@dataclass
class Site:
    """The machine, its AWS and the acknowledged photos."""

    machine: Machine
    fake_aws: FakeAws
    authority: Authority
    url: str = URL
    installed_after: float = 0  # seconds after launch
    photos: list[str] = field(default_factory=list)

    def upload(self, body: bytes | None = None) -> None:
        """Upload a photo, also if the site has one of the same file."""
        answer = post(self.url, body or jpeg(640, 480), self.authorization(), add_duplicates="1")
        (photo,) = photos_in(answer)
        self.photos.append(photo["photo_id"])

    def authorization(self) -> dict[str, str]:
        """Return the header of a request with the upload password."""
        return {"Authorization": f"Bearer {self.password()}"}

    def password(self) -> str:
        name = f"/shoebox/{BUCKET}/UPLOAD_PASSWORD"
        password: str = client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"][
            "Value"
        ]
        return password

    def assert_nothing_lost(self) -> None:
        """Check that exactly the acknowledged photos are listed and that they load.

        The gallery of a visitor who has uploaded nothing may be some seconds old: nginx keeps pages
        for two seconds, and each process keeps the newest photos for as long.
        """
        until = time.monotonic() + MAX_AGE
        while (listed := self.listed()) != set(self.photos) and time.monotonic() < until:
            time.sleep(0.5)
        assert listed == set(self.photos), f"{len(listed)} listed, {len(self.photos)} answered for"
        done = self.machine.run("shoebox", "check", "--sidecars")
        assert "No problems found." in done.stdout, done.stdout + done.stderr

    def listed(self) -> set[str]:
        """Return the ids of the photos on the first page of the gallery."""
        return set(re.findall(r'href="/photos/([0-9A-Z]{26})"', read(self.url)))

    def megabytes(self) -> int:
        """Return the proportional set size (PSS) of all processes in MB."""
        lines = self.machine.run("sh", "-c", "cat /proc/[0-9]*/smaps_rollup 2>/dev/null").stdout
        return sum(map(int, re.findall(r"^Pss: +(\d+) kB", lines, re.MULTILINE))) // 1024


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310  this namespace alone
        return str(answer.read().decode())


def status(url: str, method: str = "GET", headers: Mapping[str, str] = MappingProxyType({})) -> int:
    request = urllib.request.Request(url, method=method, headers=dict(headers))  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
