"""The running site with a full disk, a lost catalog and slow clients.

Covers app.web.middleware.slow_uploads.
"""

import shutil
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections import Counter
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.sample_images import jpeg
from tests.server.client import (
    BOUNDARY,
    failed_start,
    get,
    photos_in,
    post,
    post_until_served,
    run_command,
    run_process,
)
from tests.server.site import RunningSite
from tests.storage.local.object_folder import MOUNT, can_mount


def status(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class SiteOnSmallDisk(RunningSite):
    """A site whose photos or temporary files are on a small disk that it alone has mounted."""

    def __init__(self, folder: Path, disk: Path, megabytes: int, **settings: str) -> None:
        super().__init__(folder, **settings)
        script = f'mount -t tmpfs -o size={megabytes}m t "$1"; exec "$2" -m app'
        self.command = [*MOUNT, script, "sh", str(disk), sys.executable]

    def path(self, inside: Path) -> Path:
        """Return the path by which this process reaches a file on the site's disk."""
        return Path(f"/proc/{self.process.pid}/root{inside}")


@pytest.fixture
def disks() -> None:
    if not can_mount():
        pytest.skip("this system does not let users mount a file system")


def noise(seed: int) -> bytes:
    """Return a photo of half a megabyte."""
    file = BytesIO()
    Image.effect_noise((700, 700), 90 + seed).convert("RGB").save(file, "JPEG", quality=95)
    return file.getvalue()


def test_full_disk_rejects_uploads_until_there_is_space(
    disks: None, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On a full disk uploads get a 503 and pages still work; with free space uploads work again."""
    with SiteOnSmallDisk(tmp_path, tmp_path, 8) as site:
        filler = site.path(tmp_path / "filler")
        filler.write_bytes(bytes(4 * 2**20))
        added = []
        while (answer := post(site.url, noise(len(added))))[0] == 201:
            added += photos_in(answer)
        assert answer[0] == 503
        assert "site’s manager" in str(answer[1]["detail"])
        assert added
        for photo in added:
            assert status(site.url + urlsplit(photo["url"]).path)[0] == 200
            assert get(site.url + urlsplit(photo["original_url"]).path)[0] == "image/jpeg"
        filler.unlink()
        assert post(site.url, noise(99))[0] == 201
        assert status(f"{site.url}/readyz")[0] == 200
        # SQLite resolves the links of a path itself, and would leave the site's disk.
        copy = tmp_path_factory.mktemp("copies") / "photos"
        shutil.copytree(site.path(tmp_path), copy)
    assert run_command("status", PHOTO_DIR=str(copy)).count(f"photos:      {len(added) + 1}, ")
    assert "No problems found." in run_command("check", PHOTO_DIR=str(copy))


def test_full_temporary_folder_rejects_large_uploads(disks: None, tmp_path: Path) -> None:
    """A file that does not fit into the temporary folder gets a 503; a smaller one is published."""
    with (
        TemporaryDirectory() as folder,
        SiteOnSmallDisk(tmp_path, Path(folder), 1, TMPDIR=folder) as site,
    ):
        code, problem = post(site.url, jpeg() + bytes(3 * 2**20))
        assert code == 503
        assert "out of space" in str(problem["detail"])
        assert post(site.url, jpeg())[0] == 201


def test_site_does_not_start_without_its_catalog(tmp_path: Path) -> None:
    """With photos but no catalog the start fails, and the error names the rebuild command."""
    with RunningSite(tmp_path) as site:
        (photo,) = photos_in(post(site.url, jpeg(), title="Kept"))
    for path in tmp_path.glob("catalog.sqlite3*"):
        path.unlink()
    assert "rebuild --apply" in failed_start("app", PHOTO_DIR=str(tmp_path))
    run_process("rebuild", "--apply", PHOTO_DIR=str(tmp_path))
    with RunningSite(tmp_path) as site:
        assert photo["photo_id"] in get(site.url)[1].decode()


def test_damaged_catalog_is_503(tmp_path: Path) -> None:
    """The gallery is a 503 page, and /readyz names the remedy."""
    with RunningSite(tmp_path) as site:
        photos_in(post(site.url, jpeg()))
        site.stop(signal.SIGKILL)
        for path in tmp_path.glob("catalog.sqlite3-*"):
            path.unlink()
        (tmp_path / "catalog.sqlite3").write_bytes(b"no database" * 1000)
        site.start()
        code, page = status(site.url)
        assert code == 503
        assert "site’s manager" in page
        code, ready = status(f"{site.url}/readyz")
        assert code == 503
        assert '"down":["catalog"]' in ready.replace(" ", "")
        assert "restore a backup" in ready


def test_slow_uploads_time_out(tmp_path: Path) -> None:
    """With gunicorn, slow clients of one address have their turn in the queue, and no more."""
    body = jpeg()
    with RunningSite(tmp_path, "tests.server.short_timeouts", WEB_CONCURRENCY="1") as site:
        address = urlsplit(site.url)
        head = (
            f"POST /upload HTTP/1.1\r\nHost: localhost\r\nX-Requested-With: t\r\n"
            f"Content-Length: {2**20}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
        )
        slow = [
            socket.create_connection((address.hostname or "", address.port or 0), timeout=60)
            for _ in range(16)
        ]
        for sender in slow:
            sender.sendall(head.encode() + b"--")
        photos_in(post_until_served(site.url, body))
        statuses = Counter(sender.recv(12)[-3:] for sender in slow)
        assert statuses == {b"408": len(slow)}
        for sender in slow:
            sender.close()
